/* Search and filters: which entries are listed, and the column of filters. */

/** The facets to filter by. `of` gives the values of an entry. */
const FACETS = [
  { id: "verdict", label: "Verdict", of: (entry) => [entry.verdict] },
  { id: "group", label: "Finding", of: (entry) => (entry.finding === null ? [] : [entry.finding]) },
  { id: "layer", label: "Layer", of: layersOf },
  { id: "kind", label: "Record", of: (entry) => [kindOf(entry)] },
  { id: "trace", label: "Trace", of: (entry) => [TRACES[entry.trace].path] },
];
/** The values of a facet that are shown before "All" is clicked. */
const FACET_ROWS = 8;

const filter = {
  query: "",
  beginsOnly: false,
  chosen: Object.fromEntries(FACETS.map((facet) => [facet.id, new Set()])),
  opened: new Set(),
};

/** Parse search words such as `trace:vpn "two words" ENOENT`. Each one has to match. */
function termsOf(query) {
  const terms = [];
  for (const match of query.toLowerCase().matchAll(/(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const named = FACETS.find((facet) => facet.id === match[1]);
    const word = match[2] ?? match[3];
    if (named) terms.push({ facet: named, word });
    else terms.push({ facet: null, word: match[1] ? match[1] + ":" + word : word });
  }
  return terms;
}

function matchesTerms(entry, terms) {
  return terms.every(({ facet, word }) =>
    facet === null
      ? wordsOf(entry).includes(word)
      : facet.of(entry).some((value) => value.toLowerCase().includes(word)),
  );
}

function matchesFacet(entry, facet) {
  const chosen = filter.chosen[facet.id];
  return chosen.size === 0 || facet.of(entry).some((value) => chosen.has(value));
}

/** The listed entries. For each value of each facet also how many choosing it would list. */
function applyFilter() {
  const terms = termsOf(filter.query);
  const counts = Object.fromEntries(FACETS.map((facet) => [facet.id, new Map()]));
  const listed = [];
  for (const entry of ENTRIES) {
    if (filter.beginsOnly && entry.difference && entry.difference.follows !== null) continue;
    const misses = FACETS.filter((facet) => !matchesFacet(entry, facet));
    if (misses.length > 1 || !matchesTerms(entry, terms)) continue;
    if (misses.length === 0) listed.push(entry);
    for (const facet of misses.length === 1 ? misses : FACETS) {
      for (const value of facet.of(entry)) {
        counts[facet.id].set(value, (counts[facet.id].get(value) || 0) + 1);
      }
    }
  }
  return { listed, counts };
}

/** Whether a search or filter is set. */
function isFiltered() {
  const chosen = FACETS.some((facet) => filter.chosen[facet.id].size > 0);
  return chosen || filter.beginsOnly || filter.query.trim() !== "";
}

/** Remove the search and all filters. */
function clearFilter() {
  filter.query = "";
  filter.beginsOnly = false;
  for (const facet of FACETS) filter.chosen[facet.id].clear();
  byId("search").value = "";
}

/** Filter by some values of one facet only, as links in the overview do. */
function filterBy(facetId, values) {
  clearFilter();
  for (const value of values) filter.chosen[facetId].add(value);
}

/** Draw the column of filters. `changed` is called after each choice. */
function drawFilters(counts, changed) {
  const focused = document.activeElement && document.activeElement.dataset.value;
  const column = byId("filters");
  column.replaceChildren(beginsOnlyBox(changed));
  for (const facet of FACETS) {
    const values = [...counts[facet.id]].sort((a, b) => (facet.id === "group"
      && GROUP_NUMBERS.get(a[0]) - GROUP_NUMBERS.get(b[0])) || b[1] - a[1]);
    for (const value of filter.chosen[facet.id]) {
      if (!counts[facet.id].has(value)) values.push([value, 0]);
    }
    if (values.length > 0) column.append(facetBox(facet, values, changed));
  }
  if (focused) {
    const again = [...column.querySelectorAll("input")].find((box) => box.dataset.value === focused);
    if (again) again.focus({ preventScroll: true });
  }
}

function beginsOnlyBox(changed) {
  const box = el("input", { type: "checkbox", "data-value": "begins-only" });
  box.checked = filter.beginsOnly;
  box.addEventListener("change", () => {
    filter.beginsOnly = box.checked;
    changed();
  });
  return el("label", { class: "begins-only" }, box, el("span", {}, "Causes only"));
}

function facetBox(facet, values, changed) {
  const isOpen = filter.opened.has(facet.id);
  const chosen = filter.chosen[facet.id];
  const rows = isOpen ? values.slice(0, 200) : values.slice(0, FACET_ROWS);
  const box = el("fieldset", {}, el("legend", {}, facet.label));
  for (const [value, count] of rows) box.append(facetRow(facet, value, count, chosen, changed));
  if (values.length > FACET_ROWS) {
    const label = isOpen ? "Fewer" : "All " + number(values.length);
    const more = el("button", { type: "button", class: "link" }, label);
    more.addEventListener("click", () => {
      if (isOpen) filter.opened.delete(facet.id);
      else filter.opened.add(facet.id);
      changed();
    });
    box.append(more);
  }
  return box;
}

function facetRow(facet, value, count, chosen, changed) {
  const box = el("input", { type: "checkbox", "data-value": facet.id + "/" + value });
  box.checked = chosen.has(value);
  box.addEventListener("change", () => {
    if (box.checked) chosen.add(value);
    else chosen.delete(value);
    changed();
  });
  return el(
    "label",
    { title: shown(value) },
    box,
    el("span", { class: "value" }, facetLabel(facet, value)),
    el("span", { class: "count" }, number(count)),
  );
}

function facetLabel(facet, value) {
  if (facet.id === "verdict") return [verdictSymbol(value), " " + VERDICTS[value].label];
  if (facet.id === "trace") return code(traceName(value));
  if (facet.id !== "group") return code(value);
  const group = GROUPS.get(value);
  if (!group) return code(value);
  const { kind, summary } = groupTitle(group);
  const { fact } = findingOf(value);
  if (fact !== null && fact.likely === null) return [groupBadge(value), " " + fact.title];
  return [groupBadge(value), " ", code(kind), " ",
    summary ? el("span", { class: "quiet" }, untrusted(summary.path)) : null];
}

/** The symbol of a verdict. */
function verdictSymbol(verdict) {
  const { symbol, label } = VERDICTS[verdict];
  const sign = el("span", { class: "sign " + verdict.replace(" ", "-"), "aria-hidden": "true" }, symbol);
  return el("span", { title: label }, sign);
}

/** The badge with the number of a group. */
function groupBadge(key) {
  const place = GROUP_NUMBERS.get(key);
  if (place === undefined) return null;
  return numberBadge(place);
}

/** The badge with the number of a finding. */
function numberBadge(number) {
  return el("span", { class: "group-badge", title: "finding " + number }, "F" + number);
}
