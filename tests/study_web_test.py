"""The workbench in a real browser: vote, discuss, adjudicate, see kappa change, find all kept."""
import json
import re
import signal
import sqlite3
import subprocess
import urllib.error
import urllib.request

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from conftest import KERASAN

EVIL = "<script>window.hit=1</script><img src=x onerror=window.hit=1>"
ISSUES = """key,title,url,labels,body,ana,ben,eva
e1,Loss of the last batch,https://github.com/x/y/issues/1,bug^keras,averages batches,1,1,
e2,Progress bar ends early,https://github.com/x/y/issues/2,,counts steps,1,0,
e3,"%s",javascript:window.hit=1,"%s","%s",0,0,
e4,Optimizer is not saved,,,reload,1,1,1
e5,Summary shows a wrong shape,,,display,0,0,0
""" % (EVIL, EVIL, EVIL)


def study(*arguments):
    done = subprocess.run([str(KERASAN), "study", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Server:
    def __init__(self, project):
        self.process = subprocess.Popen(
            [str(KERASAN), "study", "serve", str(project), "--no-browser"], stdout=subprocess.PIPE,
            universal_newlines=True)
        line = self.process.stdout.readline()
        self.address, self.token = re.search(r"open (http://\S+/)#token=(\w+) ", line).groups()
        self.host = self.address.split("/")[2]

    def ask(self, path, body=None, token=None, **headers):
        """Status and JSON of a request that no browser made."""
        headers["Authorization"] = "Bearer " + (token or self.token)
        request = urllib.request.Request(
            self.address + "api/" + path, headers=headers,
            data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def close(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "issues.csv").write_text(ISSUES)
    path = tmp_path / "study.db"
    study("init", path, "--reviewers", "ana,ben,eva", "--as", "ana")
    study("import", path, tmp_path / "issues.csv", "--as", "ana")
    return path


@pytest.fixture
def server(project):
    one = Server(project)
    yield one
    if one.process.poll() is None:
        one.process.kill()
        one.process.wait()


class Page:
    """One person at one browser."""

    def __init__(self, width=1200):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for one in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--no-first-run", "--window-size=%d,900" % width):
            options.add_argument(one)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options,
                                       service=webdriver.ChromeService("/usr/bin/chromedriver"))

    def open(self, server, who, view=""):
        self.driver.get("about:blank")
        self.complaints()
        self.driver.get(server.address + "#token=" + server.token)
        self.wait(lambda: self.all("nav a"))
        self.find("#who").clear()
        self.find("#who").send_keys(who, Keys.TAB)
        self.go(view)

    def go(self, view):
        self.driver.execute_async_script(
            "const [hash, done] = arguments; if (location.hash === hash) return done();"
            "addEventListener('hashchange', () => done(), {once: true}); location.hash = hash",
            "#/" + view)
        self.drawn()

    def drawn(self):
        self.wait(lambda: self.find("main").get_attribute("aria-busy") == "false")

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.driver.execute_script(
            "return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def wait(self, condition, seconds=30):
        return WebDriverWait(self.driver, seconds, 0.05).until(lambda _: condition())

    def sees(self, selector, text):
        try:
            self.wait(lambda: text in self.text(selector))
        except Exception:
            raise AssertionError("%s: %r in %r" % (text, self.text(selector), self.text("body")))

    def press(self, keys):
        """To whatever has the focus, as a keyboard does."""
        webdriver.ActionChains(self.driver).send_keys(keys).perform()

    def complaints(self):
        return [one["message"] for one in self.driver.get_log("browser")
                if one["level"] == "SEVERE" and "favicon" not in one["message"]]


@pytest.fixture(scope="module")
def browsers():
    pages = [Page(), Page()]
    yield pages
    for page in pages:
        page.driver.quit()


def kappa(text):
    return float(re.search(r"Fleiss' kappa: (-?\d\.\d+)", text)[1])


def test_from_vote_to_adjudication(server, project, browsers):
    page = browsers[0]
    page.open(server, "eva", "rate/inclusion")
    page.sees(".issue h2", "Loss of the last batch")
    page.sees(".count", "2 of 5 rated by you")
    before = kappa(page.text("#live"))  # of e4 and e5: all agree
    assert before == 1
    # Three votes by the keyboard alone.
    page.press("y")
    page.sees(".issue h2", "Progress bar ends early")
    page.press("j")  # skip
    page.sees(".issue h2", EVIL)
    page.press("k")
    page.press("y")
    page.sees(".issue h2", EVIL)
    page.sees(".count", "4 of 5 rated by you")
    page.wait(lambda: kappa(page.text("#live")) < before)
    assert "95 % interval" in page.text("#live")
    page.press("n")
    page.press("not a bug" + Keys.ESCAPE)
    page.press("x")
    page.sees(".empty", "You have rated all that is here.")
    page.press("u")  # and take it back, and give it again
    page.sees(".issue h2", EVIL)
    page.press("x")
    page.sees("#told", "exclude: " + EVIL)

    # Only e2 has two votes of three: discuss it.
    page.press("g")
    page.press("c")
    page.wait(lambda: "conflicts" in page.driver.current_url)
    page.drawn()
    page.sees(".list", "Progress bar ends early")
    assert len(page.all(".list li")) == 1
    page.press("c")
    page.press("it is documented" + Keys.ENTER)
    page.sees("#told", "comment added")
    page.sees(".panel table", "it is documented")
    page.press("r")
    page.press("agreed after a look" + Keys.ESCAPE)
    page.press("y")
    page.sees(".empty", "Nothing is in conflict")

    # Scenario, by independent raters, then adjudicated.
    page.go("rate/scenario")
    page.sees(".issue h2", "Loss of the last batch")
    page.press("7")
    page.sees("#told", "Wrong calculation: Loss of the last batch")
    assert server.ask("rate", {"key": "e1", "stage": "scenario", "who": "ben",
                               "value": "Wrong structure"})[0] == 200
    page.go("conflicts/scenario")
    page.sees(".list", "Loss of the last batch")
    page.press("7")
    page.sees(".empty", "Nothing is in conflict")
    # A component is written, with the keyboard.
    page.go("rate/component")
    page.press("i")
    page.press("Metrics" + Keys.ENTER)
    page.sees("#told", "Metrics: Loss of the last batch")

    # Reload: everything is there, as are the token and the name.
    page.go("item/e1")
    page.driver.refresh()
    page.sees("main", "Loss of the last batch")
    assert page.find("#who").get_attribute("value") == "eva"
    assert "token" not in page.driver.current_url
    page.sees("table", "Wrong calculation, eva")
    page.go("item/e2")
    page.sees("main", "agreed after a look")
    page.sees("main", "included")
    # As it stood before the discussion.
    row = next(one for one in page.all("tbody tr") if "rate" in one.text and "eva" in one.text)
    row.find_element(By.TAG_NAME, "button").click()
    page.sees("#past", "As it stood after change")
    page.sees("main", "discuss")
    assert page.complaints() == []

    # It is in the file, and after the end of the server too.
    assert server.close() == 0
    shown = json.loads(study("show", project, "e2"))
    assert shown["outcome"] == "included" and shown["facts"]["comment of eva"] == "it is documented"
    assert shown["stages"]["inclusion"]["ratings"] == {"ana": "1", "ben": "0", "eva": "1"}
    assert json.loads(study("show", project, "e3"))["outcome"] == "excluded"
    notes = sqlite3.connect(str(project)).execute("SELECT note FROM event WHERE kind = 'rate'")
    assert ("not a bug",) in notes.fetchall()


def test_two_browsers_at_once(server, project, browsers):
    ana, eva = browsers
    ana.open(server, "ana", "agreement/inclusion")
    eva.open(server, "eva", "rate/inclusion")
    ana.sees("main", "5 rated items")
    assert len(ana.all("figure svg circle")) > 3  # each coefficient with its interval
    before = ana.text("main")
    eva.press("y")
    ana.wait(lambda: ana.text("main") != before)  # without doing anything
    eva.sees(".issue h2", "Progress bar ends early")
    eva.press("y")
    eva.sees(".issue h2", EVIL)
    for page in (ana, eva):
        page.go("conflicts/inclusion")
        page.sees(".list", "Progress bar ends early")
    # Both decide the same item, knowing nothing of each other: the second is told so.
    seen = server.ask("item?key=e2")[1]["stages"]["inclusion"]["decided"]
    ana.driver.execute_script("window.fetch = new Proxy(window.fetch, {apply(f, t, [path, ...rest]) {"
                              "return path.includes('/api/last') ? new Promise(() => {})"
                              " : Reflect.apply(f, t, [path, ...rest]); }})")
    eva.press("y")
    eva.sees(".empty", "Nothing is in conflict")
    ana.press("x")
    ana.sees("#told", "eva decided inclusion")
    state = server.ask("item?key=e2")[1]
    assert state["outcome"] == "included" and state["stages"]["inclusion"]["decided"] > seen
    # Many at once, from both sides: nothing acknowledged is lost.
    votes = "return Promise.all([...Array(40).keys()].map(i => fetch('/api/rate', {method: 'POST'," \
            "headers: {Authorization: 'Bearer ' + arguments[0]}, body: JSON.stringify({key: 'e' +" \
            "(i % 5 + 1), stage: 'impact', who: arguments[1], value: String(i % 4 + 1)})})" \
            ".then(r => r.json()).then(b => b.event)))"
    events = []
    for page, who in ((ana, "ana"), (eva, "eva")):
        page.driver.execute_script("window.sent = (async (...arguments_) => {"
                                   "const f = new Function(arguments_[2]);"
                                   "window.got = await f(arguments_[0], arguments_[1]); })"
                                   "(arguments[0], arguments[1], arguments[2])",
                                   server.token, who, votes)
    for page in (ana, eva):
        events += page.wait(lambda page=page: page.driver.execute_script("return window.got"))
    assert len(set(events)) == 80
    kept = sqlite3.connect(str(project)).execute("SELECT event FROM rating WHERE stage = "
                                                 "(SELECT id FROM stage WHERE name = 'impact')")
    assert {row[0] for row in kept} == set(events)


def test_scripts_of_an_issue_and_foreign_pages_do_nothing(server, browsers, tmp_path):
    page = browsers[0]
    page.open(server, "eva", "item/e3")
    page.sees(".issue h2", EVIL)
    page.sees(".issue .body", EVIL)
    page.go("rate/inclusion")
    page.go("history")
    page.go("item/e3")
    assert page.driver.execute_script("return window.hit") is None
    assert not page.all("main img") and not page.all("main script")
    assert all(not one.get_attribute("href").startswith("javascript") for one in page.all("a"))
    inline = "const s = document.createElement('script'); s.textContent = 'window.hit = 2';" \
             "document.body.append(s); return window.hit"
    assert page.driver.execute_script(inline) is None  # the policy forbids inline scripts
    page.complaints()

    vote = {"key": "e1", "stage": "inclusion", "who": "eva", "value": "1"}
    last = server.ask("last")[1]
    assert server.ask("rate", vote, token="0" * 40) == (401, {"error": "the token is wrong"})
    assert server.ask("bugs", token=server.token[:-1])[0] == 401
    assert server.ask("rate", vote, Origin="http://evil.example")[0] == 403
    assert server.ask("rate", vote, Origin="null")[0] == 403
    assert server.ask("rate", vote, Host="evil.example:" + server.host.split(":")[1])[0] == 403
    assert server.ask("item?key=e1", Host="evil.example")[0] == 403
    assert server.ask("last")[1] == last
    # A page of elsewhere that knows the token: the browser names its origin.
    other = tmp_path / "other.html"
    other.write_text("<p>elsewhere</p>")
    page.driver.get(other.as_uri())
    page.driver.execute_script(
        "window.done = 0; fetch(arguments[0], {method: 'POST', mode: 'no-cors', headers:"
        "{'Content-Type': 'text/plain'}, body: arguments[1]}).catch(() => 0).then(() => done = 1)",
        server.address + "api/rate", json.dumps(vote))
    page.wait(lambda: page.driver.execute_script("return window.done"))
    assert server.ask("last")[1] == last
    # With the wrong token, the page shows nothing of the study.
    page.driver.get(server.address + "#token=" + "0" * 40)
    page.sees("main", "it holds the token")
    assert "Loss" not in page.text("body")


def test_bugs_charts_and_a_narrow_window(server, browsers):
    page = browsers[1]
    for key, scenario in (("e4", "Wrong save/reload"), ("e1", "Wrong calculation")):
        for stage, value in (("inclusion", "1"), ("scenario", scenario), ("impact", "3")):
            assert server.ask("decide", {"key": key, "stage": stage, "who": "ana", "value": value,
                                         "seen": 0})[0] == 200
    page.open(server, "ana", "bugs")
    page.sees("#found", "2 of 2 bugs")
    page.press("/")
    page.press("batch aver")  # words of title and text, the last one unfinished
    page.sees("#found", "1 of 2 bugs")
    page.press(Keys.ESCAPE)
    page.press("x")
    page.sees("#found", "2 of 2 bugs")
    Select(page.find(".filters select")).select_by_visible_text("Wrong save/reload (1)")
    page.sees("#found", "1 of 2 bugs")
    assert page.find("tbody a").text == "Optimizer is not saved"
    page.go("charts")
    page.sees("main", "Bugs by scenario")
    assert len(page.all("figure svg rect")) > 5
    assert page.complaints() == []
    colours = []
    for _ in ("light", "dark"):
        page.find("#theme").click()
        colours.append(page.driver.execute_script(
            "return getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(21, 24, 29)"]
    page.driver.set_window_size(500, 800)
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False})
    for view in ("rate/inclusion", "conflicts/inclusion", "agreement/inclusion", "charts", "bugs",
                 "item/e1", "history"):
        page.go(view)
        page.wait(lambda: page.driver.execute_script(
            "return document.documentElement.scrollWidth <= innerWidth"))
