// The TypeScript SDK 2.x: node typescript_2.mjs URL legacy|auto
import {converse, packages} from "./conversation.mjs";

const {Client, SdkHttpError, StreamableHTTPClientTransport} = packages(
  "@modelcontextprotocol/client"
);
const [url, mode] = process.argv.slice(2);
const headers = {Authorization: process.env.AUTH_HEADER};

await converse({
  connect: async () => {
    const client = new Client(
      {name: "typescript-2", version: "1"},
      {versionNegotiation: {mode}}
    );
    await client.connect(
      new StreamableHTTPClientTransport(new URL(url), {requestInit: {headers}})
    );
    return {client, revision: client.getNegotiatedProtocolVersion()};
  },
  explain: (error) =>
    SdkHttpError.isInstance(error) ? {status: error.status} : {code: error.code},
});
