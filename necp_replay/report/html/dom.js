/* Creates elements and text nodes. No script of the page parses markup.
 *
 * Every text from a trace goes through `shown` or `untrusted`. They make characters visible that
 * are invisible or change the direction of writing, and the text becomes an attribute or text node.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Characters that are invisible, or that change how others are shown. */
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** An element with attributes and children. `on` has listeners; a string becomes a text node. */
function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element with attributes and children. */
function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "href" && !String(value).startsWith("#")) {
      throw new Error("links lead into this page only");
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** The visible form of an invisible character. */
function written(character) {
  return "\\u{" + character.codePointAt(0).toString(16).toUpperCase() + "}";
}

/** Text from a trace as a string without invisible characters, for attributes. */
function shown(text) {
  return String(text).replace(HIDDEN, written);
}

/** Text from a trace as nodes. Characters that would be invisible are marked. */
function untrusted(text) {
  const parts = [];
  let end = 0;
  for (const match of String(text).matchAll(HIDDEN)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push(el("span", { class: "hidden-character" }, written(match[0])));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** Text from a trace in its own element, so that its direction does not affect other text. */
function code(text, className = "") {
  return el("bdi", { class: ("code " + className).trim(), dir: "ltr" }, untrusted(text));
}

/** Words of a command that are shorter are not broken, as at the hyphens of an option. */
const WHOLE_CHARACTERS = 24;

/** A command in its own element. */
function commandCode(command) {
  const words = command.split(" ").flatMap((word, index) => [index === 0 ? "" : " ",
    word.length < WHOLE_CHARACTERS ? el("span", { class: "whole-word" }, untrusted(word)) : untrusted(word)]);
  return el("bdi", { class: "code", dir: "ltr" }, words.flat());
}

const NUMBERS = new Intl.NumberFormat("en-US");

/** 1234567 as 1,234,567. */
function number(value) {
  return NUMBERS.format(value);
}

/** "1 trace", "2,000 traces". */
function counted(value, noun, plural = noun + "s") {
  return number(value) + " " + (value === 1 ? noun : plural);
}

/** A text with a capital first letter. */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function byId(id) {
  return document.getElementById(id);
}

/** Announce something to screen readers. */
function say(text) {
  byId("said").textContent = text;
}

/** A button that copies a text. */
function copyButton(text, label) {
  const button = el("button", { type: "button", class: "copy", title: "Copy" }, label);
  button.addEventListener("click", () => {
    copyText(text);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1200);
  });
  return button;
}

/** Copy a text. A page from disk may not use navigator.clipboard, so this selects and copies. */
function copyText(text) {
  const field = el("textarea", { class: "off-screen", "aria-hidden": "true" });
  const focused = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  if (focused) focused.focus({ preventScroll: true });
  say("Copied");
}

/** A word for a shell command, quoted if it has special characters. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'";
}
