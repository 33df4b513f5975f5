// What both drivers share: a line with a method comes in, a line with its answer goes out.
import {createInterface} from "node:readline";
import {createRequire} from "node:module";

// The packages are in the folder where node was started, not beside this file.
export const packages = createRequire(`${process.cwd()}/`);

const METHODS = {
  "tools/list": "listTools",
  "tools/call": "callTool",
  "resources/list": "listResources",
  "resources/templates/list": "listResourceTemplates",
  "resources/read": "readResource",
  "prompts/list": "listPrompts",
  "prompts/get": "getPrompt",
  "completion/complete": "complete",
};

// `connect` returns {client, revision}; `explain` turns an error into {code, status}.
export const converse = async ({connect, explain}) => {
  let client;
  const answer = async (method, params) => {
    if (method !== "connect") return client[METHODS[method]](params);
    await client?.close();
    const connection = await connect();
    client = connection.client;
    return {revision: connection.revision, server: client.getServerVersion()};
  };
  for await (const line of createInterface({input: process.stdin})) {
    const {method, params} = JSON.parse(line);
    const written = await answer(method, params).then(
      (result) => ({result}),
      (error) => ({error: {message: error.message, ...explain(error)}})
    );
    console.log(JSON.stringify(written));
  }
  await client?.close();
};
