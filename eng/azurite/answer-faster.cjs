// Loaded before Azurite, whose answers stay the same: takes away most of the processor time that it needs for each request.
const path = require("path");

const fromAzurite = { paths: [path.join(__dirname, "node_modules", "azurite")] };

// Its database answers a question for several members by the first of them that it is asked for, and Azurite asks for the account first,
// which all blobs share, so that every request would look at every blob there is. Names are indexed too: ask for them first.
const { Collection } = require(require.resolve("lokijs", fromAzurite));
const findOne = Collection.prototype.findOne;
Collection.prototype.findOne = function (query) {
  const key = ["blobName", "name"].find((member) => typeof query?.[member] === "string" && member in this.binaryIndices);
  return findOne.call(this, key ? { [key]: query[key], ...query } : query);
};

// It parses the address templates of all its operations for each request, until one fits.
const templates = require.resolve("uri-templates", fromAzurite);
const parse = require(templates);
const parsed = new Map();
require.cache[templates].exports = (template) => parsed.get(template) ?? parsed.set(template, parse(template)).get(template);
