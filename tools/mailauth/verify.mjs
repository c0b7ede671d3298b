import {dkimVerify} from "mailauth/lib/dkim/verify.js";
import {readFileSync} from "node:fs";
const {zone, messages} = JSON.parse(readFileSync(0, "utf8"));
const resolver = async (name, type) => {
  if (type === "TXT" && zone[name]) return [[zone[name]]];
  const error = new Error("no such name"); error.code = "ENOTFOUND"; throw error;
};
const told = [];
for (const message of messages) {
  const found = await dkimVerify(Buffer.from(message, "base64"), {resolver});
  told.push(found.results.map((one) => [one.algo, one.status.result]));
}
console.log(JSON.stringify(told));
