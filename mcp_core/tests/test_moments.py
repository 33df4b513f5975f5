"""Moments on local clocks: many at once are what each of them is alone."""

import random
from datetime import datetime, timedelta

import pytz

from odoo.tests import BaseCase, tagged

from ..moments import to_local, to_local_all


@tagged("post_install", "-at_install")
class TestMoments(BaseCase):
    def test_many_at_once_are_as_each_alone(self):
        """Around all changes of all clocks, and anywhere else."""
        seed = random.randrange(2**32)
        draw = random.Random(seed)
        for name in pytz.all_timezones:
            zone = pytz.timezone(name)
            changes = [
                change
                for change in getattr(zone, "_utc_transition_times", None) or []
                if change.year > 1
            ]
            moments = [
                change + timedelta(seconds=seconds)
                for change in changes
                for seconds in (-1, 0, 1, draw.uniform(-100_000, 100_000))
            ]
            moments += [
                datetime.min + draw.random() * (datetime.max - datetime.min)
                for _turn in range(20)
            ]
            moments += [None, datetime.min, datetime.max, None]
            draw.shuffle(moments)
            self.assertEqual(
                to_local_all(moments, zone),
                [moment and to_local(moment, zone) for moment in moments],
                f"{name} {seed=}",
            )
