// What is wrong with the page as it is seen: it scrolls sideways, words are
// small, pale, cut off or lie on others, something is drawn where it is cut.
// It counts what it looked at, so that a page of nothing is no good page.
(() => {
  const root = document.documentElement, wrong = [];
  if (root.scrollWidth !== root.clientWidth) wrong.push("it scrolls sideways, " + root.scrollWidth);
  const rgb = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = color.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => { // its own ground over that of what it lies in
    if (!e) return [255, 255, 255];
    const [r, g, b, opaque = 1] = rgb(getComputedStyle(e).backgroundColor);
    return opaque === 1 ? [r, g, b] : behind(e.parentElement).map((v, i) => [r, g, b][i] * opaque + v * (1 - opaque));
  };
  const contrast = (e, property) => {
    const [a, b] = [light(rgb(getComputedStyle(e)[property]).slice(0, 3)), light(behind(e))].sort();
    return (b + 0.05) / (a + 0.05);
  };
  const out = (r, box) => r.left < box.left - 1 || r.right > box.right + 1;
  const over = (r, box) => r.top < box.top - 1 || r.bottom > box.bottom + 1;
  const drawn = new Map();
  let words = 0;
  for (const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walk.nextNode();) {
    const node = walk.currentNode, e = node.parentElement, said = node.data.trim().slice(0, 40), svg = e.closest("svg");
    const range = document.createRange();
    range.selectNodeContents(node);
    const r = range.getBoundingClientRect();
    if (!said || !r.width || e.closest("script, title, .hidden")) continue;
    words++;
    const size = parseFloat(getComputedStyle(e).fontSize) * (svg ? e.getScreenCTM().a : 1);
    if (size < 11) wrong.push("small, " + size + ": " + said);
    if (contrast(e, svg ? "fill" : "color") < 4.5) wrong.push("pale: " + said);
    const box = (svg || e.closest("td, th, p, figcaption, article, figure, section, header, footer")).getBoundingClientRect();
    if (out(r, box) || svg && over(r, box)) wrong.push("cut off: " + said);
    if (!svg) continue;
    const others = drawn.get(svg) || [];
    if (others.some((o) => o.right > r.left && r.right > o.left && o.bottom > r.top && r.bottom > o.top)) wrong.push("lies on others: " + said);
    drawn.set(svg, [...others, r]);
  }
  const shapes = [...document.querySelectorAll("svg :is(rect, line, circle)")].filter((e) => e.ownerSVGElement.getBoundingClientRect().width);
  for (const e of shapes) {
    const r = e.getBoundingClientRect(), box = e.ownerSVGElement.getBoundingClientRect();
    if (out(r, box) || over(r, box)) wrong.push("drawn outside: " + e.outerHTML.slice(0, 80));
  }
  parent.document.title = JSON.stringify({ wide: root.clientWidth, dark: matchMedia("(prefers-color-scheme: dark)").matches, words, shapes: shapes.length, wrong: wrong.slice(0, 20) });
})();
