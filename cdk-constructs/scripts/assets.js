// Copies the provider's release zips into the package. `cargo xtask package` makes them.
const { copyFileSync, existsSync, mkdirSync } = require('node:fs');
const { join } = require('node:path');

const room = join(__dirname, '..');
const required = 'provider-x86_64.zip';
mkdirSync(join(room, 'assets'), { recursive: true });
for (const name of [required, 'provider-arm64.zip']) {
  const zip = join(room, '..', 'dist', name);
  if (existsSync(zip)) {
    copyFileSync(zip, join(room, 'assets', name));
  } else if (name === required) {
    console.error(`there is no dist/${name}; run \`cargo xtask package\` first`);
    process.exitCode = 1;
  }
}
