// The table of all pairs: drawn from the data of the page, a window of it where it is large, and the witness of a cell.
// Everything that a source named goes into the page as text, never as markup.
(function () {
    "use strict";

    const source = document.getElementById("data"), place = document.getElementById("matrix");
    const SELF = 0, WHOLE_MAX = 40;

    filterApplications();
    if (source === null || place === null)
        return;

    const data = JSON.parse(source.textContent);
    const groups = data.groups.map(ranges);
    const groupOf = new Array(data.names.length);
    const rows = new Array(data.rows.length); // decoded when they are first needed
    const numberOf = new Map(data.names.map((name, index) => [name.toLowerCase(), index]));
    const members = data.findings.map(() => null);

    groups.forEach((list, group) => list.forEach(index => { groupOf[index] = group; }));

    // ---- what the data says ----

    // "0-3,7": [0, 1, 2, 3, 7]
    function ranges(text) {
        const list = [];
        for (const part of text === "" ? [] : text.split(",")) {
            const [first, last] = part.split("-").map(Number);
            for (let i = first; i <= (last === undefined ? first : last); i++)
                list.push(i);
        }
        return list;
    }

    // "4*3,7": [4, 4, 4, 7]
    function runs(text) {
        const list = [];
        for (const part of text === "" ? [] : text.split(",")) {
            const [value, count] = part.split("*").map(Number);
            for (let i = 0; i < (count || 1); i++)
                list.push(value);
        }
        return list;
    }

    // The answer for a member of one group and another one of the other; null: there is no such pair.
    function answerAt(row, column) {
        rows[row] = rows[row] || runs(data.rows[row]);
        const number = rows[row][column];
        return number === SELF ? null : data.answers[number - 1];
    }

    function label(group) {
        const first = data.names[groups[group][0]];
        return groups[group].length === 1 ? first : first + " +" + (groups[group].length - 1);
    }

    function spoken(group) {
        const first = data.names[groups[group][0]];
        return groups[group].length === 1 ? first : first + " and " + (groups[group].length - 1) + " like it";
    }

    // Who takes part in a finding, and as what: maps from applications to numbers of parties.
    function partsOf(index) {
        if (members[index] === null) {
            const [, , , , froms, fromParts, tos, toParts] = data.findings[index];
            const zip = (list, parts) => new Map(list.map((who, i) => [who, parts[i]]));
            members[index] = {
                from: zip(ranges(froms), runs(fromParts)),
                to: tos === null ? null : zip(ranges(tos), runs(toParts)),
            };
        }
        return members[index];
    }

    // ---- making elements ----

    function make(tag, attributes, ...content) {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes || {}))
            if (value !== null && value !== false)
                element.setAttribute(name, value === true ? "" : value);
        element.append(...content.filter(part => part !== null));
        return element;
    }

    function capital(text) {
        return text.charAt(0).toUpperCase() + text.slice(1);
    }

    function appName(index) {
        return make("bdi", { class: "app" }, data.names[index]);
    }

    function signBox(sign) {
        return make("span", { class: "sign is-" + sign[0], "aria-hidden": "true" }, sign[1]);
    }

    // ---- the table ----

    const view = { rows: groups.map((_, i) => i), columns: groups.map((_, i) => i), row: 0, column: 0, top: 0, left: 0 };
    const table = make("table", { class: "matrix", role: "grid", "aria-label": "What the application of a row can do to that of a column" });
    const sizer = make("div");
    const box = make("div", { class: "scroll" }, sizer);
    const said = make("p", { class: "said", role: "status" });
    let cell = 0, head = 0, high = 0; // sizes in pixels

    // A small table is shown whole; of a larger one as much as fits.
    function isWhole() {
        return view.rows.length <= WHOLE_MAX && view.columns.length <= WHOLE_MAX;
    }

    function measure() {
        const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
        cell = 2.125 * rem;
        head = (window.matchMedia("(max-width: 44rem)").matches ? 7 : 12) * rem;
        high = rem * Math.max(3, Math.min(9, 1 + 0.52 * Math.max(...view.columns.map(group => label(group).length), 0)));
        table.style.setProperty("--high", high + "px");
    }

    function windowSize() {
        if (isWhole())
            return { rows: view.rows.length, columns: view.columns.length };
        return {
            rows: Math.min(view.rows.length, Math.max(1, Math.floor((box.clientHeight - high) / cell))),
            columns: Math.min(view.columns.length, Math.max(1, Math.floor((box.clientWidth - head) / cell))),
        };
    }

    function drawCell(row, column) {
        const answer = answerAt(view.rows[row], view.columns[column]);
        const at = { role: "gridcell", "aria-colindex": column + 2 };
        if (answer === null)
            return make("td", { ...at, class: "self" },
                make("span", { tabindex: "-1", "data-row": row, "data-column": column, class: "sign", "aria-label": label(view.rows[row]) + ": itself" }));
        const sign = data.signs[answer[3]];
        return make("td", at, make("a", {
            href: "#ways", tabindex: "-1", class: "sign is-" + sign[0], "data-row": row, "data-column": column, "aria-haspopup": "dialog",
            "aria-label": spoken(view.rows[row]) + " to " + spoken(view.columns[column]) + ": " + sign[2],
            title: label(view.rows[row]) + " \u2192 " + label(view.columns[column]) + ": " + sign[2],
        }, sign[1]));
    }

    function drawHead(size) {
        const row = make("tr", { role: "row", "aria-rowindex": 1 }, make("th", { role: "columnheader", scope: "col", "aria-colindex": 1 }, "from / to"));
        for (let c = view.left; c < view.left + size.columns; c++)
            row.append(make("th", { role: "columnheader", scope: "col", "aria-colindex": c + 2, title: label(view.columns[c]), class: c === view.column ? "is-at" : null },
                make("span", { class: "up" }, make("bdi", { class: "app" }, label(view.columns[c])))));
        return make("thead", { role: "rowgroup" }, row);
    }

    function draw() {
        const hadFocus = table.contains(document.activeElement), size = windowSize(), body = make("tbody", { role: "rowgroup" });
        view.top = Math.max(0, Math.min(view.top, view.rows.length - size.rows));
        view.left = Math.max(0, Math.min(view.left, view.columns.length - size.columns));
        if (hadFocus && !isWhole()) { // the table moved under the focus: it stays in sight
            view.row = Math.max(view.top, Math.min(view.row, view.top + size.rows - 1));
            view.column = Math.max(view.left, Math.min(view.column, view.left + size.columns - 1));
        }
        for (let r = view.top; r < view.top + size.rows; r++) {
            const row = make("tr", { role: "row", "aria-rowindex": r + 2, class: r === view.row ? "is-at" : null },
                make("th", { role: "rowheader", scope: "row", "aria-colindex": 1, title: label(view.rows[r]) }, make("bdi", { class: "app" }, label(view.rows[r]))));
            for (let c = view.left; c < view.left + size.columns; c++)
                row.append(drawCell(r, c));
            body.append(row);
        }
        table.setAttribute("aria-rowcount", view.rows.length + 1);
        table.setAttribute("aria-colcount", view.columns.length + 1);
        table.replaceChildren(drawHead(size), body);
        const active = current() || table.querySelector("[data-row]");
        if (active !== null) {
            active.tabIndex = 0;
            if (hadFocus)
                active.focus({ preventScroll: true });
        }
    }

    function current() {
        return table.querySelector('[data-row="' + view.row + '"][data-column="' + view.column + '"]');
    }

    function layOut() {
        measure();
        const whole = isWhole();
        box.className = whole ? "scroll" : "window";
        box.style.height = whole ? "" : Math.min(0.75 * window.innerHeight, high + view.rows.length * cell) + 18 + "px";
        sizer.style.width = whole ? "" : head + view.columns.length * cell + "px";
        sizer.style.height = whole ? "" : high + view.rows.length * cell + "px";
        table.style.width = whole ? "" : head + windowSize().columns * cell + "px";
        draw();
    }

    function scrolled() {
        if (isWhole())
            return;
        const top = Math.ceil(box.scrollTop / cell - 0.01), left = Math.ceil(box.scrollLeft / cell - 0.01);
        if (top !== view.top || left !== view.left) {
            view.top = top;
            view.left = left;
            draw();
        }
    }

    // Bring the cell that the keys are at into the window.
    function follow() {
        const size = windowSize();
        if (!isWhole()) {
            view.top = Math.min(view.row, Math.max(view.top, view.row - size.rows + 1));
            view.left = Math.min(view.column, Math.max(view.left, view.column - size.columns + 1));
            draw();
            box.scrollTop = view.top * cell;
            box.scrollLeft = view.left * cell;
        } else {
            for (const old of table.querySelectorAll('[tabindex="0"]'))
                old.tabIndex = -1;
            for (const old of table.querySelectorAll(".is-at"))
                old.classList.remove("is-at");
            table.querySelectorAll("thead th")[view.column + 1].classList.add("is-at");
            table.querySelectorAll("tbody tr")[view.row].classList.add("is-at");
        }
        const active = current();
        active.tabIndex = 0;
        active.focus({ preventScroll: !isWhole() });
    }

    function move(event) {
        const size = windowSize(), last = { row: view.rows.length - 1, column: view.columns.length - 1 };
        const steps = {
            ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
            PageUp: [-size.rows, 0], PageDown: [size.rows, 0],
            Home: [event.ctrlKey ? -Infinity : 0, -Infinity], End: [event.ctrlKey ? Infinity : 0, Infinity],
        };
        const step = steps[event.key];
        if (event.key === " " || event.key === "Enter") {
            event.preventDefault();
            showCell(event.target);
            return;
        }
        if (step === undefined || event.altKey || event.metaKey)
            return;
        event.preventDefault();
        view.row = Math.max(0, Math.min(last.row, view.row + step[0]));
        view.column = Math.max(0, Math.min(last.column, view.column + step[1]));
        follow();
    }

    // ---- the witness ----

    const body = make("div");
    const title = make("h2", { id: "why-title", tabindex: "-1" });
    const close = make("button", { type: "button" }, "Close");
    const dialog = make("dialog", { "aria-labelledby": "why-title" }, make("div", { class: "head" }, title, close), body);

    function showCell(target) {
        const at = target.closest("a[data-row]");
        if (at === null)
            return;
        view.row = Number(at.dataset.row);
        view.column = Number(at.dataset.column);
        follow();
        const row = view.rows[view.row], column = view.columns[view.column];
        showPair(groups[row][0], row === column ? groups[row][1] : groups[column][0]);
    }

    function showPair(from, to) {
        fill(from, to);
        if (!dialog.open)
            dialog.showModal();
        title.focus();
    }

    function term(name, ...content) {
        return make("div", {}, make("dt", {}, name), make("dd", {}, ...content));
    }

    // A list to choose another one of the same cell from.
    function picker(text, group, chosen, other, change) {
        const select = make("select");
        for (const index of groups[group])
            if (index !== other)
                select.append(make("option", { value: index, selected: index === chosen }, data.names[index]));
        select.addEventListener("change", () => {
            change(Number(select.value));
            body.querySelector('[data-pick="' + text + '"]').focus();
        });
        select.setAttribute("data-pick", text);
        return make("label", {}, text, select);
    }

    function fill(from, to) {
        const answer = answerAt(groupOf[from], groupOf[to]), sign = data.signs[answer[3]];
        title.replaceChildren(appName(from), " \u2192 ", appName(to));
        body.replaceChildren(
            make("p", { class: "stand" }, signBox(sign), capital(sign[2]) + ": " + sign[3]),
            make("dl", {}, ...data.layers.map((layer, i) => term(capital(layer) + (i < 2 ? " alone" : ""), data.verdicts[answer[i]]))));
        if (groups[groupOf[from]].length > 1 || groups[groupOf[to]].length > 1)
            body.append(make("p", { class: "said" }, "The answer is the same for all that share the two rows. Choose one for its own witness:"),
                make("div", { class: "pick" }, picker("From", groupOf[from], from, to, chosen => fill(chosen, to)),
                    picker("To", groupOf[to], to, from, chosen => fill(from, chosen))));
        if (answer[5].length === 0)
            body.append(make("p", {}, nothingFound(answer)));
        for (const part of answer[5].slice().sort((a, b) => rank(a) - rank(b)))
            body.append(way(part, from, to));
        body.append(make("p", {}, "Ask for it again: ", make("code", {}, "trustc isolate --from " + quoted(data.names[from]) + " --to " + quoted(data.names[to]))));
    }

    function quoted(name) {
        return /^[\w.-]+$/.test(name) ? name : "'" + name.replaceAll("'", "'\\''") + "'";
    }

    function nothingFound(answer) {
        if (answer[1] === 1)
            return "No rule found a way. The source does not say under which accounts the two run, so accounts and NTFS are not known to keep them apart.";
        if (answer[1] === 2)
            return "No rule found a way. The two share an account, or one has too many rights, so accounts and NTFS alone would not keep them apart.";
        return "No rule found a way, in either layer.";
    }

    function party(application, number, may) {
        const placeNumber = data.parties[number - 1][1];
        return make("li", {}, appName(application), " " + may, placeNumber === 0 ? null : make("span", { class: "place" }, " " + data.places[placeNumber - 1]));
    }

    // "it" for what both end with in quotes, without a noun before it: "runs in it".
    function withIt(may, other) {
        const found = /^(.*) ('[^']*')$/s.exec(may);
        return found !== null && other.endsWith(found[2]) ? found[1].split(/ the | a /)[0] + " it" : may;
    }

    // How a finding stands for the pair: 0 open, 1 not known, 2 accepted, 3 closed by the other layer.
    function rank([index, other, isTaken]) {
        const both = Math.min(data.findings[index][1], other);
        return both === 0 ? 3 : isTaken ? 2 : 2 - both;
    }

    function way(part, from, to) {
        const [index, other, isTaken] = part, [rule, , because, reason] = data.findings[index];
        const [id, slug, layer, sentence] = data.rules[rule], parts = partsOf(index);
        const mayFrom = data.parties[parts.from.get(from) - 1][0], witness = make("ul", { class: "witness" }, party(from, parts.from.get(from), mayFrom));
        if (parts.to !== null)
            witness.append(party(to, parts.to.get(to), withIt(data.parties[parts.to.get(to) - 1][0], mayFrom)));
        const list = make("dl", {}, term("Let through by", data.layers[layer]),
            term(["Closed by", "Not known whether closed by", "Not closed by"][other], data.layers[1 - layer]));
        for (const accept of isTaken ? accepts(rule, from, parts.to === null ? -1 : to, reason) : [])
            list.append(term("Accepted", accept));
        const more = document.getElementById(id), help = make("details", {}, make("summary", {}, "Why, and what to do"));
        if (more !== null)
            for (const paragraph of more.querySelectorAll("p"))
                help.append(paragraph.cloneNode(true));
        return make("article", { class: "way" }, make("h3", {}, id + " ", make("span", { class: "slug" }, slug), " ",
            make("span", { class: "mark is-" + ["open", "unknown", "accepted", "both"][rank(part)] }, ["open", "not known", "accepted", "closed"][rank(part)])), make("p", {}, capital(sentence) + "."), witness,
            because === "" ? null : make("p", {}, "Not known, because " + because + "."), list, help);
    }

    // Who has accepted a finding of a rule for two applications, and why.
    function accepts(rule, from, to, reason) {
        const list = reason === "" ? [] : ["by the grant, because \u201c" + reason + "\u201d"];
        for (const [of, application, because, until, placeNumber] of data.accepts)
            if (of === rule && (application === -1 || application === from || application === to))
                list.push((application === -1 ? "for the server" : "by " + data.names[application]) + ", because \u201c" + because + "\u201d" +
                    (until === "" ? "" : " until " + until + (until < data.today ? " (ended, still in force)" : "")) +
                    (placeNumber === 0 ? "" : " " + data.places[placeNumber - 1]));
        return list.map(text => make("span", {}, text));
    }

    // ---- asking ----

    const choices = make("datalist", { id: "names" }, ...data.names.map(name => make("option", { value: name })));
    const fromBox = make("input", { type: "search", list: "names", autocomplete: "off", spellcheck: "false" });
    const toBox = make("input", { type: "search", list: "names", autocomplete: "off", spellcheck: "false" });
    const only = make("input", { type: "checkbox" });
    const show = make("button", { type: "submit" }, "Show the witness");
    const form = make("form", { class: "ask", "aria-label": "Find applications in the table" },
        make("label", {}, "From (rows)", fromBox), make("label", {}, "To (columns)", toBox),
        make("label", { class: "check" }, only, "leave out who is isolated from all"), show, choices);

    function matches(group, text) {
        return text === "" || groups[group].some(index => data.names[index].toLowerCase().includes(text));
    }

    // Whether a group has an answer that somebody should look at, in its row or its column.
    function isTroubled(group) {
        return groups.some((_, other) => [answerAt(group, other), answerAt(other, group)].some(answer => answer !== null && answer[3] >= 4));
    }

    function filter() {
        const from = fromBox.value.trim().toLowerCase(), to = toBox.value.trim().toLowerCase();
        const all = groups.map((_, i) => i).filter(group => !only.checked || isTroubled(group));
        view.rows = all.filter(group => matches(group, from));
        view.columns = all.filter(group => matches(group, to));
        view.row = view.column = view.top = view.left = 0;
        box.scrollTop = box.scrollLeft = 0;
        said.textContent = view.rows.length + " of " + groups.length + " rows, " + view.columns.length + " of " + groups.length + " columns" +
            (groups.length < data.names.length ? "; applications that nothing tells apart share one" : "");
        layOut();
    }

    function ask(event) {
        event.preventDefault();
        const from = numberOf.get(fromBox.value.trim().toLowerCase()), to = numberOf.get(toBox.value.trim().toLowerCase());
        if (from === undefined || to === undefined || from === to)
            said.textContent = "Write the names of two different applications, one in each field.";
        else
            showPair(from, to);
    }

    // ---- the list of applications ----

    function filterApplications() {
        const list = document.getElementById("applications");
        if (list === null || list.tBodies[0].rows.length < 12)
            return;
        const input = document.createElement("input"), line = document.createElement("div"), text = document.createElement("label"), count = document.createElement("p");
        line.className = "filter";
        count.className = "said";
        count.setAttribute("role", "status");
        input.type = "search";
        text.append("Show only applications with", input);
        line.append(text, count);
        list.closest(".scroll").before(line);
        input.addEventListener("input", () => {
            const wanted = input.value.trim().toLowerCase();
            let shown = 0;
            for (const row of list.tBodies[0].rows) {
                row.hidden = !row.textContent.toLowerCase().includes(wanted);
                shown += row.hidden ? 0 : 1;
            }
            count.textContent = shown + " of " + list.tBodies[0].rows.length + " shown";
        });
    }

    // ---- beginning ----

    sizer.append(table);
    place.replaceChildren(form, said, box);
    document.body.append(dialog);
    table.addEventListener("keydown", move);
    table.addEventListener("click", event => {
        if (event.target.closest("a[data-row]") !== null) {
            event.preventDefault();
            showCell(event.target);
        }
    });
    box.addEventListener("scroll", scrolled);
    window.addEventListener("resize", layOut);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", event => {
        if (event.target === dialog)
            dialog.close();
    });
    dialog.addEventListener("close", () => {
        const active = current();
        if (active !== null && document.activeElement !== show)
            active.focus({ preventScroll: true });
    });
    form.addEventListener("submit", ask);
    for (const input of [fromBox, toBox, only])
        input.addEventListener("input", filter);
    filter();
})();
