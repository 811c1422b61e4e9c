import { expect } from "chai";
import fc from "fast-check";
import { html, jsonBlock } from "./escape.js";

describe("html`…`", () => {
  it("keeps its own markup and escapes everything that is put in", () => {
    const inner = html`<b>${"<i>"}</b>`;
    expect(html`<p title="${`"'&`}">${[inner, false, null, undefined, 0]}</p>`.toString()).to.equal(
      '<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b>0</p>',
    );
  });

  it("lets no string bring a tag, a quote or a control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(html`${text}`.toString()).to.not.match(/[<>"'\u0000-\u0008\u000e-\u001f]/);
      }),
    );
  });
});

describe("a data block", () => {
  it("holds any data and cannot be ended by it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const markup = jsonBlock("d", [data, "</script><script>alert(1)</script><!--"]).toString();
        const [, json] = /^<script type="application\/json" id="d">([^<]*)<\/script>$/.exec(
          markup,
        )!;
        expect(JSON.parse(json!)).to.deep.equal(
          JSON.parse(JSON.stringify([data, "</script><script>alert(1)</script><!--"])),
        );
      }),
    );
  });
});
