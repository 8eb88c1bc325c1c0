import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Browser } from "puppeteer-core";
import { PATIENCE_MS } from "../support/chromium.js";
import type { Report } from "./quoting-program.js";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" };

/** Opens a page that has the module `script`, a path in `folder`; returns what `SHOW` put there. */
export async function reportInBrowser(
  browser: Browser,
  folder: string,
  script: string,
  importMap: Record<string, string> = {},
): Promise<Report> {
  const map = JSON.stringify({ imports: importMap });
  const page = `<!doctype html><script type="importmap">${map}</script><script type="module" src="/${script}"></script>`;
  const server = await serve(folder, page);
  try {
    return await reportOfPage(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

/** Serves the files of `folder`, and `page` at `/`. */
async function serve(folder: string, page: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const content = url === "/" ? Promise.resolve(page) : readFile(join(folder, new URL(url, "http://host").pathname));
    const headers = { "content-type": TYPES[url === "/" ? ".html" : extname(url)] ?? "application/octet-stream" };
    content.then(
      (body) => response.writeHead(200, headers).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** @throws Error where the page's script throws before it reports */
export async function reportOfPage(browser: Browser, url: string): Promise<Report> {
  const tab = await browser.newPage();
  try {
    const failed = new Promise<never>((_, reject) => tab.on("pageerror", reject));
    await tab.goto(url);
    const report = await Promise.race([
      failed,
      tab.waitForFunction("globalThis.verbatimReport", { timeout: PATIENCE_MS }),
    ]);
    return (await report.jsonValue()) as Report;
  } finally {
    await tab.close();
  }
}
