// Loaded before Azurite: its database answers a question for several members by the first of them that it is asked for, and Azurite asks for
// the account first, which all blobs share, so that every request would look at every blob there is. Names are indexed too: ask for them first.
const { Collection } = require("lokijs");
const findOne = Collection.prototype.findOne;

Collection.prototype.findOne = function (query) {
  const key = ["blobName", "name"].find((member) => typeof query?.[member] === "string" && member in this.binaryIndices);
  return findOne.call(this, key ? { [key]: query[key], ...query } : query);
};
