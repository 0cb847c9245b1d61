// grammar.mjs FOLDER SCRIPT...: parse each script with the packages in FOLDER; those in a folder `bad` must have errors.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...scripts] = process.argv.slice(2);
const modules = join(folder, 'node_modules');
const { Language, Parser } = await import(pathToFileURL(join(modules, 'web-tree-sitter', 'web-tree-sitter.js')));
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(join(modules, 'tree-sitter-powershell', 'tree-sitter-powershell.wasm')));

function firstError(node) {
    if (node.isError || node.isMissing) return node;
    for (const child of node.children) {
        const found = child.hasError || child.isMissing ? firstError(child) : null;
        if (found) return found;
    }
    return null;
}

let passed = 0;
let failed = 0;
for (const script of scripts) {
    const text = readFileSync(script, 'utf8').replace(/^\uFEFF/, '');
    const root = parser.parse(text).rootNode;
    const error = root.hasError ? firstError(root) : null;
    const mustFail = basename(dirname(script)) === 'bad';
    if (Boolean(root.hasError) === mustFail) {
        passed++;
        continue;
    }
    failed++;
    console.log(mustFail ? `${script}: an error was not seen` : `${script}:${error.startPosition.row + 1}: ${error.text.slice(0, 100)}`);
}
console.log(`plan-grammar: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
