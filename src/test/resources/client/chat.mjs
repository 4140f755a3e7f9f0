// OpenAI's client for Node: text, a stream, a tool, a schema and vectors. Prints one line of JSON for each.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: "none" });
const model = "assistant";
const hello = await client.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }] });
console.log(JSON.stringify(hello.choices[0].message.content));

const question = [{ role: "user", content: "How is the weather in Rome?" }];
const tools = [{
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
}];

let text = "";
for await (const chunk of await client.chat.completions.create({
  model, messages: [{ role: "user", content: "Hello" }], stream: true,
})) {
  text += chunk.choices[0].delta.content ?? "";
}
console.log(JSON.stringify(text));

const cities = [];
const runner = client.chat.completions.runTools({
  model,
  messages: question,
  stream: true,
  tools: [{
    type: "function",
    function: { ...tools[0].function, parse: JSON.parse, function: ({ city }) => (cities.push(city), "sunny") },
  }],
});
console.log(JSON.stringify([await runner.finalContent(), cities]));

const person = await client.chat.completions.parse({
  model,
  messages: [{ role: "user", content: "Who is Zoe?" }],
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "person",
      strict: true,
      schema: {
        type: "object",
        properties: { age: { type: "integer" }, name: { type: "string" } },
        required: ["age", "name"],
        additionalProperties: false,
      },
    },
  },
});
console.log(JSON.stringify(JSON.parse(person.choices[0].message.content)));

const vectors = await client.embeddings.create({ model, input: ["Hello", "World"] });
console.log(JSON.stringify(vectors.data.map((each) => each.embedding.length)));
