// tests/report/browse.mjs NPM_FOLDER CHROMIUM SHOTS PAGE...: opens pages of trustc report in a browser without a window and
// looks at them as people do: both schemes, three widths, keys, clicks, no scripts. SHOTS is a folder for pictures, or "".
// A PAGE is NAME=FILE; the last line says how many looks passed.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [npm, chromium, shots, ...pages] = process.argv.slice(2);
const require = createRequire(join(resolve(npm), "x.js"));
const { default: puppeteer } = await import(pathToFileURL(require.resolve("puppeteer-core")));
const axe = readFileSync(require.resolve("axe-core"), "utf8");
const { HtmlValidate, StaticConfigLoader } = await import(pathToFileURL(require.resolve("html-validate")));
let passed = 0, failed = 0;

function check(what, good, said) {
    if (good) {
        passed++;
        return;
    }
    failed++;
    console.log("FAILED " + what + (said === undefined ? "" : "\n" + said));
}

const browser = await puppeteer.launch({
    executablePath: chromium,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
});

async function open(file, { width = 1280, height = 900, scheme = "light", script = true } = {}) {
    const page = await browser.newPage(), said = [], asked = [];
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
    await page.setJavaScriptEnabled(script);
    page.on("console", message => said.push(message.type() + ": " + message.text()));
    page.on("pageerror", error => said.push(String(error)));
    page.on("request", request => asked.push(request.url()));
    await page.goto(pathToFileURL(file), { waitUntil: "load" });
    return { page, said, asked, url: String(pathToFileURL(file)) };
}

async function picture(page, name, full) {
    if (shots !== "")
        await page.screenshot(full ? { path: join(shots, name + ".png"), clip: { x: 0, y: 0, width: page.viewport().width, height: await page.evaluate(() => Math.min(9000, document.documentElement.scrollHeight)) }, captureBeyondViewport: true } : { path: join(shots, name + ".png") });
}

// Nothing is fetched, nothing is complained of, nothing sticks out at the side.
async function looksWell(name, file, options, label) {
    const { page, said, asked, url } = await open(file, options);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(name + " " + label + ": the console says nothing", said.length === 0, said.join("\n"));
    check(name + " " + label + ": nothing is fetched", asked.length === 1 && asked[0] === url, asked.join("\n"));
    check(name + " " + label + ": the body is no wider than the window", over <= 0, "by " + over);
    await picture(page, name + "-" + label, false);
    return page;
}

// WHERE: a part of the page, by selector, or the whole; COLOURS: only what differs between the schemes.
async function accessible(page, what, where, colours) {
    await page.evaluate(axe + "; window.axeHere = axe;"); // by the debugger, which the page's own policy does not hold
    const result = await page.evaluate(async (where, colours) => {
        const rules = colours ? { type: "rule", values: ["color-contrast"] } : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
        const found = await window.axeHere.run(where === "" ? document : where, { runOnly: rules, resultTypes: ["violations"] });
        return found.violations.map(rule => rule.id + ": " + rule.help + "\n" + rule.nodes.slice(0, 3).map(node => "    " + node.html.slice(0, 160) + "\n    " + node.failureSummary.replaceAll("\n", " ")).join("\n"));
    }, where, colours);
    check(what + ": nothing that axe finds", result.length === 0, result.join("\n"));
}

const at = page => page.evaluate(() => {
    const active = document.activeElement;
    return active.dataset.row === undefined ? null : [Number(active.dataset.row), Number(active.dataset.column)];
});
const isOpen = page => page.evaluate(() => document.querySelector("dialog").open);

const press = async (page, key, times = 1) => {
    for (let i = 0; i < times; i++)
        await page.keyboard.press(key);
};

async function control(page, key) {
    await page.keyboard.down("Control");
    await page.keyboard.press(key);
    await page.keyboard.up("Control");
}

// With keys alone: every cell is reached, each opens its witness, and Escape comes back to it. Of a large table a row, a
// column and a few steps.
async function keys(name, page) {
    const [rows, columns] = await page.evaluate(() => {
        const table = document.querySelector("table[role=grid]");
        return [Number(table.getAttribute("aria-rowcount")) - 1, Number(table.getAttribute("aria-colcount")) - 1];
    });
    const wrong = [], whole = rows * columns <= 100;
    const here = async (row, column) => {
        const place = await at(page);
        if (String(place) !== String([row, column]))
            wrong.push("at " + place + ", not at " + [row, column]);
    };
    const opens = async (row, column) => {
        const isSelf = await page.evaluate(() => document.activeElement.tagName !== "A");
        await press(page, "Enter");
        const title = await page.evaluate(() => document.querySelector("dialog").open ? document.querySelector("dialog h2").textContent : "");
        if (isSelf ? title !== "" : !title.includes("\u2192"))
            wrong.push("Enter at " + [row, column] + " shows '" + title + "'");
        if (title !== "")
            await press(page, "Escape");
        await here(row, column);
    };

    for (let i = 0; i < 60 && await at(page) === null; i++)
        await press(page, "Tab");
    check(name + ": Tab comes to the table", await at(page) !== null);
    await control(page, "Home");
    for (let r = 0; whole && r < rows; r++, await press(page, "ArrowDown"), await press(page, "Home"))
        for (let c = 0; c < columns; c++, await press(page, "ArrowRight")) {
            await here(r, c);
            await opens(r, c);
        }
    await control(page, "Home");
    for (let c = 0; !whole && c < columns; c++, await press(page, "ArrowRight"))
        await here(0, c);
    await press(page, "Home");
    for (let r = 0; !whole && r < rows; r++, await press(page, "ArrowDown"))
        await here(r, 0);
    if (!whole) {
        await press(page, "ArrowUp", 3);
        await press(page, "ArrowRight", 2);
        await here(rows - 4, 2);
        await opens(rows - 4, 2);
    }
    check(name + ": arrow keys reach every cell, and Enter opens what is behind it", wrong.length === 0, wrong.length + ": " + wrong.slice(0, 5).join("; "));
    await control(page, "End");
    const end = await at(page);
    check(name + ": Ctrl+End comes to the last cell", String(end) === String([rows - 1, columns - 1]), String(end));
    const seen = await page.evaluate(() => {
        const cell = document.activeElement.getBoundingClientRect(), box = document.activeElement.closest(".scroll, .window").getBoundingClientRect();
        return cell.right <= box.right + 1 && cell.bottom <= box.bottom + 1 && cell.left >= box.left && cell.top >= box.top;
    });
    check(name + ": the cell with the focus is in sight", seen);
}

// By wheel or finger: the window of a large table shows other cells, the heads with them.
async function scroll(name, page) {
    const said = await page.evaluate(async () => {
        const box = document.querySelector(".window");
        if (box === null)
            return null;
        box.scrollTop = box.scrollHeight;
        box.scrollLeft = box.scrollWidth;
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        const table = box.querySelector("table"), cells = [...table.querySelectorAll("[data-row]")];
        return { last: Math.max(...cells.map(cell => Number(cell.dataset.row))), rows: Number(table.getAttribute("aria-rowcount")) - 2, drawn: cells.length,
            head: table.querySelector("thead").getBoundingClientRect().top >= box.getBoundingClientRect().top - 1 };
    });
    if (said !== null)
        check(name + ": scrolling shows the rest, and draws no more than what is seen", said.last === said.rows && said.head && said.drawn < 4000, JSON.stringify(said));
}

// The witness of a cell that stands out, by mouse.
async function click(name, page, label, colours) {
    const target = await page.$("a.is-open[data-row]") || await page.$("a.is-unknown[data-row]") || await page.$("a.is-accepted[data-row]") || await page.$("a[data-row]");
    await target.click();
    const said = await page.evaluate(() => {
        const dialog = document.querySelector("dialog");
        return { open: dialog.open, title: dialog.querySelector("h2").textContent, places: dialog.querySelectorAll(".witness .place").length,
            ways: dialog.querySelectorAll(".way").length, focus: document.activeElement.id, helps: dialog.querySelectorAll("details p").length };
    });
    check(name + ": a click shows the witness", said.open && said.title.includes("\u2192") && said.focus === "why-title", JSON.stringify(said));
    check(name + ": with the places in the source, and what to do", said.ways === 0 || (said.places > 0 && said.helps > 0), JSON.stringify(said));
    await picture(page, name + "-witness" + label, false);
    await accessible(page, name + " witness" + label, "dialog", colours);
    await page.keyboard.press("Escape");
    check(name + ": Escape comes back to the cell", !await isOpen(page) && await at(page) !== null);
}

async function ask(name, page) {
    const [from, to] = await page.evaluate(() => {
        const { names } = JSON.parse(document.getElementById("data").textContent);
        return [names[names.length - 1], names[0]];
    });
    const [first, second] = await page.$$(".ask input[type=search]");
    await first.type(from);
    await second.type(to);
    await page.keyboard.press("Enter");
    const title = await page.evaluate(() => document.querySelector("dialog").open && document.querySelector("dialog h2").textContent);
    check(name + ": a pair can be asked for by name", title === from + " \u2192 " + to, String(title));
    await page.keyboard.press("Escape");
    for (const box of [first, second]) {
        await box.click({ count: 3 });
        await page.keyboard.press("Backspace");
    }
}

// Without scripts every application and every way is still there.
async function bare(name, file) {
    const { page, said } = await open(file, { script: false });
    const text = await page.evaluate(() => document.body.textContent);
    const data = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(file, "utf8"))[1]);
    const missing = data.names.filter(one => !text.includes(one));
    check(name + ": without scripts all applications are named", missing.length === 0, missing.slice(0, 5).join());
    check(name + ": without scripts all ways are there", await page.evaluate(() => document.querySelectorAll("article.way").length) === data.findings.length);
    check(name + ": without scripts the console says nothing", said.length === 0, said.join("\n"));
    await picture(page, name + "-bare", true);
    await page.close();
}

async function valid(name, file) {
    const validate = new HtmlValidate(new StaticConfigLoader({
        extends: ["html-validate:standard"],
        // one line of script and style each, and ids that begin with a capital are fine
        rules: { "long-title": "off", "no-inline-style": "error", "prefer-native-element": "off", "no-redundant-role": "off", "valid-id": ["error", { relaxed: true }] },
    }));
    const report = await validate.validateString(readFileSync(file, "utf8"));
    const said = report.results.flatMap(result => result.messages.map(message => message.line + ":" + message.column + " " + message.ruleId + ": " + message.message));
    check(name + ": the markup is valid", said.length === 0, said.slice(0, 8).join("\n"));
}

for (const argument of pages) {
    const name = argument.slice(0, argument.indexOf("=")), file = resolve(argument.slice(argument.indexOf("=") + 1));
    const isLarge = readFileSync(file).length > 200000;
    const toTable = page => page.evaluate(() => document.getElementById("matrix").scrollIntoView());
    await valid(name, file);
    const light = await looksWell(name, file, {}, "light");
    for (const part of isLarge ? ["header", "#matrix"] : [""])
        await accessible(light, name + " light " + part, part, false);
    await picture(light, name + "-full", true);
    await toTable(light);
    await picture(light, name + "-table", false);
    await keys(name, light);
    await click(name, light, "", false);
    await ask(name, light);
    await scroll(name, light);
    await light.close();
    const dark = await looksWell(name, file, { scheme: "dark" }, "dark");
    await accessible(dark, name + " dark", isLarge ? "#matrix" : "", true);
    await click(name, dark, "-dark", true);
    await toTable(dark);
    await picture(dark, name + "-dark-table", false);
    await dark.close();
    const phone = await looksWell(name, file, { width: 360, height: 740 }, "phone");
    await toTable(phone);
    await picture(phone, name + "-phone-table", false);
    await click(name, phone, "-phone", true);
    await scroll(name + " phone", phone);
    await phone.close();
    await bare(name, file);
}
await browser.close();
console.log("report-browser: " + passed + " passed, " + failed + " failed");
process.exit(failed > 0 ? 1 : 0);
