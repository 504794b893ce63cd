// Headless-Chromium stand-in for "the user's browser". usage: node login.mjs AUTHORIZE_URL USER PASSWORD [deny]
// Works as BROWSER=browser.sh too: fills any login form, presses the consent button, stops when the loopback page has loaded.
import { chromium } from 'playwright-core';
const [,, url, user = 'alice', password = 'alice-pw', mode = 'allow'] = process.argv;
const exe = process.env.CHROMIUM || '/usr/bin/chromium-headless-shell';
const b = await chromium.launch({ executablePath: exe, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE ::1, EXCLUDE [::1]'] });
const p = await (await b.newContext({ locale: 'en-US' })).newPage(); const t0 = Date.now(); const steps = [];
const authOrigin = new URL(url).origin; const done = () => new URL(p.url()).origin !== authOrigin || p.url().startsWith('chrome-error');
const wrong = /deny|cancel|refuse|decline|abort|log ?out|switch|forgot|register|sign ?up|another user|close/i, right = /\bok\b|allow|accept|authorize|continue|grant|yes|confirm|approve|log ?in|sign ?in|submit|next|connect/i;
let rc = 1; const used = new Set(); const only = process.env.OAUTH_GRANT?.split(' ');   // OAUTH_GRANT='api:read' ticks only these scopes on a per-scope consent page
try {
  await p.goto(url, { waitUntil: 'domcontentloaded' });
  for (let i = 0; i < 15; i++) {
    await p.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => {}); if (done()) { rc = 0; break; }
    if (i > 0 && !(await p.locator('input[type=password]:visible').count()) && /success|you (can|may) (now )?close|authorization complete|now connected|approved|device is now|authori[sz]ed|was (granted|authorized)|has been/i.test(await p.locator('body').innerText().catch(() => ''))) { steps.push('end page: ' + (await p.locator('body').innerText()).slice(0, 80).replace(/\s+/g, ' ')); rc = 0; break; }
    const pw = p.locator('input[type=password]:visible').first(), txt = p.locator('input[type=text]:visible, input[type=email]:visible, input:not([type]):visible').first();
    if (await txt.count() && await txt.isEditable() && !(await txt.inputValue())) await txt.fill(!(await pw.count()) && process.env.OAUTH_USER_CODE ? process.env.OAUTH_USER_CODE : user);   // OAUTH_USER_CODE: typed on a device-code page
    if (await pw.count()) await pw.fill(password);
    if (mode !== 'deny') for (const c of await p.locator('input[type=checkbox]:visible').all()) if (await c.isEnabled() && !(await c.isChecked())) { const id = `${await c.getAttribute('id') ?? ''} ${await c.getAttribute('value') ?? ''}`; if (!only || only.some((x) => id.includes(x))) await c.check().catch(() => {}); }
    const hasPw = await pw.count() > 0, c = [];
    for (const e of await p.locator('button:visible, input[type=submit]:visible, a:visible').all()) {
      if (!(await e.isEnabled())) continue; const tag = await e.evaluate((x) => x.tagName);
      const l = `${await e.innerText().catch(() => '')} ${await e.getAttribute('value') ?? ''} ${await e.getAttribute('name') ?? ''}`.trim().replace(/\s+/g, ' '); if (!used.has(p.url() + '|' + l)) c.push({ e, l, tag });
    }
    const strong = /\bok\b|grant access|allow|accept|authorize|continue|log ?in|sign ?in|submit|grant|connect/i;
    const no = mode === 'deny' && !hasPw && c.find((x) => /deny|cancel|refuse|decline|abort/i.test(x.l));
    const b2 = c.filter((x) => x.tag !== 'A' && !wrong.test(x.l)); const hit = no || b2.find((x) => strong.test(x.l)) || b2.find((x) => right.test(x.l)) || (hasPw && b2.find((x) => x.l === ''));
    const pick = hit?.e, label = hit?.l ?? '';
    steps.push(`${new URL(p.url()).pathname} "${(await p.title()).slice(0, 40)}" -> [${label}]`);
    if (pick) used.add(p.url() + '|' + label);
    if (pick) await pick.click({ timeout: 3000 }).catch((e) => steps.push('click: ' + e.message.split('\n')[0])); else if (await pw.count()) await pw.press('Enter'); else if (await txt.count()) await txt.press('Enter'); else await p.waitForTimeout(300);
    await p.waitForTimeout(250);
  }
} catch (e) { steps.push('error ' + e.message.split('\n')[0]); rc = done() ? 0 : 1; }
if (rc) steps.push('last page: ' + (await p.locator('body').innerText().catch(() => '')).slice(0, 200).replace(/\s+/g, ' ')); console.error(JSON.stringify({ rc, ms: Date.now() - t0, end: p.url().slice(0, 140), steps }, null, 1)); await b.close(); process.exit(rc);
