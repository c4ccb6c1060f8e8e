// Holds a bill of materials to the public schema of CycloneDX 1.6, as its own library ships it: node validate.js FILE
const fs = require('node:fs');
const path = require('node:path');
const Ajv = require('ajv');
const formats = require('ajv-formats');

const folder = path.join(path.dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema');
const read = name => JSON.parse(fs.readFileSync(path.join(folder, `${name}.SNAPSHOT.schema.json`), 'utf8'));

// The schema's own format iri-reference is not one of the package's; what is checked with it here are plain URLs.
const ajv = formats(new Ajv({ allErrors: true, strict: false })).addFormat('iri-reference', true).addFormat('idn-email', true);
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
  ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
}

const accepts = ajv.compile(read('bom-1.6'));
if (!accepts(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')))) {
  console.error(ajv.errorsText(accepts.errors, { separator: '\n' }));
  process.exitCode = 1;
}
