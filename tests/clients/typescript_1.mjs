// The TypeScript SDK 1.x: node typescript_1.mjs URL
import {converse, packages} from "./conversation.mjs";

const {Client} = packages("@modelcontextprotocol/sdk/client");
const {StreamableHTTPClientTransport, StreamableHTTPError} = packages(
  "@modelcontextprotocol/sdk/client/streamableHttp.js"
);
const [url] = process.argv.slice(2);
const headers = {Authorization: process.env.AUTH_HEADER};

await converse({
  connect: async () => {
    const client = new Client({name: "typescript-1", version: "1"});
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: {headers},
    });
    await client.connect(transport);
    return {client, revision: transport.protocolVersion};
  },
  explain: (error) =>
    error instanceof StreamableHTTPError ? {status: error.code} : {code: error.code},
});
