"""Durations are counted the same everywhere, and quantiles are as wrong as we say."""

import math
import random
import struct

from odoo.tests import TransactionCase, tagged

from ..histogram import BOUNDS, ERROR, SIZE, added, bucket, quantile

_ROUNDS = 300


@tagged("post_install", "-at_install")
class TestHistogram(TransactionCase):
    def setUp(self):
        super().setUp()
        self.seed = random.randrange(2**32)
        self.random = random.Random(self.seed)

    def durations(self, count):
        """Return durations of all sizes, those next to the bounds among them."""
        near = [
            value
            for bound in BOUNDS
            for value in (
                bound,
                math.nextafter(bound, 0.0),
                math.nextafter(bound, math.inf),
            )
        ]
        kinds = (
            lambda: self.random.choice(near),
            lambda: self.random.lognormvariate(3, 2),
            lambda: round(self.random.uniform(0, 1000), 3),
            lambda: 10 ** self.random.uniform(-6, 8),
        )
        return [self.random.choice(kinds)() for _n in range(count)]

    def test_the_bounds_go_up_from_a_millisecond_to_ten_minutes(self):
        self.assertEqual((BOUNDS[0], BOUNDS[-1], SIZE), (1.0, 600_000.0, 48))
        self.assertEqual(sorted(set(BOUNDS)), list(BOUNDS))
        self.assertLess(ERROR, 0.43)

    def test_postgresql_and_python_choose_the_same_bucket(self):
        durations = self.durations(20_000)
        durations += [0.0, -0.0, -1.0, 5e-324, 1e308, math.inf, -math.inf, math.nan]
        durations += [
            value
            for _n in range(2000)
            for value in struct.unpack("<d", self.random.randbytes(8))
        ]
        self.env.cr.execute(
            "SELECT width_bucket(duration, %s::double precision[])"
            " FROM unnest(%s::double precision[])"
            " WITH ORDINALITY AS given (duration, place) ORDER BY place",
            [list(BOUNDS), durations],
        )
        chosen = [number for (number,) in self.env.cr.fetchall()]
        self.assertEqual(
            chosen, [bucket(duration) for duration in durations], f"seed {self.seed}"
        )

    def test_a_quantile_is_in_the_bucket_of_the_true_one(self):
        for _round in range(_ROUNDS):
            durations = sorted(self.durations(self.random.randint(1, 400)))
            counts = self.counted(durations)
            part = self.random.choice([0.5, 0.95, 0.99, 1.0, self.random.random()])
            true = durations[max(1, math.ceil(part * len(durations))) - 1]
            told = quantile(counts, part)
            if true >= BOUNDS[-1]:
                self.assertEqual(told, BOUNDS[-1], f"seed {self.seed}")
                continue
            self.assertEqual(bucket(told), bucket(true), f"seed {self.seed}")
            if true >= BOUNDS[0]:
                self.assertLessEqual(abs(told / true - 1), ERROR, f"seed {self.seed}")

    def test_quantiles_never_go_down(self):
        for _round in range(_ROUNDS):
            counts = self.counted(self.durations(self.random.randint(1, 50)))
            told = [quantile(counts, step / 40) for step in range(41)]
            self.assertEqual(told, sorted(told), f"seed {self.seed}")

    def test_histograms_of_parts_add_up_to_that_of_all(self):
        for _round in range(_ROUNDS):
            durations = self.durations(self.random.randint(0, 60))
            cut = self.random.randint(0, len(durations))
            self.assertEqual(
                added(self.counted(durations[:cut]), self.counted(durations[cut:])),
                self.counted(durations),
                f"seed {self.seed}",
            )

    def test_of_nothing_there_is_no_quantile(self):
        self.assertIsNone(quantile([0] * SIZE, 0.5))

    def counted(self, durations):
        counts = [0] * SIZE
        for duration in durations:
            counts[bucket(duration)] += 1
        return counts
