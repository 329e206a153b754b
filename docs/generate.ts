/** Writes the generated pages of the documentation: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { fieldsPage } from './fields-page.ts';
import { openApiFile } from './openapi-file.ts';

writeFileSync(new URL('./fields.md', import.meta.url), fieldsPage());
writeFileSync(new URL('./openapi.json', import.meta.url), await openApiFile());
