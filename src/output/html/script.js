"use strict";
// Sorting and filtering. Without this script the page is complete.
(() => {
  const table = document.querySelector("table.list");
  if (!table) return;
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const text = (cell) => cell.textContent.trim();

  // A cell's value by the class of its column; NaN and "" are last in both orders.
  const collator = new Intl.Collator(undefined, { numeric: true });
  const read = {
    number: (cell) => (text(cell) ? Number(text(cell)) : NaN),
    date: (cell) => Date.parse(cell.firstElementChild?.dateTime),
    text,
    long: text,
  };
  const isEmpty = (value) => value === "" || Number.isNaN(value);
  const compare = (one, other, sign) => {
    if (isEmpty(one) || isEmpty(other)) return isEmpty(one) - isEmpty(other);
    return sign * (typeof one === "string" ? collator.compare(one, other) : one < other ? -1 : +(one > other));
  };

  const show = (order) => {
    body.remove();
    for (const row of order) body.append(row);
    table.append(body);
  };
  const sort = (column) => {
    const heading = headings[column];
    const next = { ascending: "descending", descending: "none" };
    const order = next[heading.getAttribute("aria-sort")] ?? "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    if (order === "none") return show(rows);
    heading.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const value = read[heading.className];
    const keyed = rows.map((row) => ({ row, key: value(row.children[column]) }));
    keyed.sort((one, other) => compare(one.key, other.key, sign));
    show(keyed.map(({ row }) => row));
  };
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(column));
    heading.append(button);
  });

  const form = document.querySelector(".tickets form");
  const [input, output] = [form.querySelector("input"), form.querySelector("output")];
  const texts = new Map();
  const lower = (row) => {
    if (!texts.has(row)) texts.set(row, [...row.children].map(text).join("\n").toLowerCase());
    return texts.get(row);
  };
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => lower(row).includes(word));
      shown += !row.hidden;
    }
    output.textContent = words.length ? `${shown} of ${rows.length}` : "";
  };
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, rows.length > 2000 ? 150 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  if (input.value) filter();
})();
