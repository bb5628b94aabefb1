// What the lab keeps, and the programs that it starts.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "base/child.h"
#include "base/error.h"
#include "base/work_folder.h"
#include "catalogue/bug.h"
#include "catalogue/store.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

std::string content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class InFolder : public ::testing::Test {
 protected:
  WorkFolder folder;
  const fs::path& here() const { return folder.path(); }
  Child shell(const std::string& script) const {
    Child child;
    child.command = {"sh", "-c", script};
    child.out = here() / "out";
    return child;
  }
};

using CatalogueStore = InFolder;
using ChildProcess = InFolder;
using CatalogueBug = InFolder;

TEST_F(CatalogueStore, ADigestTellsFilesAndTheirNamesApart) {
  fs::create_directories(here() / "a" / "__pycache__");
  write(here() / "a" / "x.py", "1");
  const std::string before = Digest().add_folder(here() / "a").text();
  write(here() / "a" / "__pycache__" / "x.pyc", "bytecode");
  write(here() / "a" / "bug.json", "{}");
  EXPECT_EQ(Digest().add_folder(here() / "a", "bug.json").text(), before);
  fs::rename(here() / "a" / "x.py", here() / "a" / "y.py");
  EXPECT_NE(Digest().add_folder(here() / "a", "bug.json").text(), before);
  EXPECT_NE(Digest().add("ab").add("c").text(), Digest().add("a").add("bc").text());
  EXPECT_THROW(Digest().add_file(here() / "none"), InputError);
}

TEST_F(CatalogueStore, DamagedFilesAreAsGoodAsMissing) {
  const Store store(here() / "store");
  EXPECT_FALSE(store.get("x.json"));
  store.put("x.json", {{"seconds", 2}});
  EXPECT_EQ(store.get("x.json").value()["seconds"], 2);
  write(store.path("x.json"), "{\"seconds\": ");
  EXPECT_FALSE(store.get("x.json"));
}

TEST_F(CatalogueStore, WhatWasLongestNotUsedGoesFirst) {
  const Store store(here() / "store");
  using namespace std::chrono_literals;
  for (const char* name : {"old", "new"}) write(store.path(name), std::string(100, 'x'));
  fs::last_write_time(store.path("old"), fs::file_time_type::clock::now() - 1h);
  store.prune(150);
  EXPECT_FALSE(fs::exists(store.path("old")));
  EXPECT_TRUE(fs::exists(store.path("new")));
}

TEST_F(ChildProcess, HasItsOutputItsFolderAndItsEnd) {
  Child child = shell("pwd; echo \"$WORD\" >&2; exit 3");
  child.environment["WORD"] = "hello";
  child.folder = here();
  const ChildEnd end = run_child(child, [] { return false; });
  EXPECT_EQ(end.exit, 3);
  EXPECT_EQ(end.words(), "exited with status 3");
  EXPECT_EQ(content(child.out), fs::canonical(here()).string() + "\nhello\n");
}

TEST_F(ChildProcess, IsKilledWithAllItStartedWhenTimeIsUp) {
  Child child = shell("sleep 60 & echo $!; wait");
  child.seconds = 0.3;
  const ChildEnd end = run_child(child, [] { return false; });
  EXPECT_TRUE(end.timed_out);
  EXPECT_LT(end.seconds, 10);
  const pid_t grandchild = std::stoi(content(child.out));
  for (int i = 0; i < 200 && kill(grandchild, 0) == 0; ++i) {
    // A zombie that nobody has waited for yet still has an id.
    if (content("/proc/" + std::to_string(grandchild) + "/stat").find(") Z") != std::string::npos)
      break;
    usleep(10000);
    ASSERT_LT(i, 199) << "the grandchild lives on";
  }
}

TEST_F(ChildProcess, StopsWhenAsked) {
  const ChildEnd end = run_child(shell("trap '' TERM; sleep 60"), [] { return true; });
  EXPECT_TRUE(end.stopped);
  EXPECT_FALSE(end.good());
  EXPECT_LT(end.seconds, 20);
}

TEST_F(ChildProcess, ThatDoesNotExistIsNamed) {
  Child child;
  child.command = {"/no/such/program"};
  child.out = here() / "out";
  try {
    run_child(child, [] { return false; });
    FAIL() << "started what does not exist";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/program"), std::string::npos);
  }
}

TEST_F(CatalogueBug, AFaultNamesFileAndField) {
  write(here() / "bug.json", R"({"schema": 1, "id": 5})");
  try {
    read_bug(here());
    FAIL() << "read a bug without its facts";
  } catch (const InputError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("bug.json"), std::string::npos) << text;
    EXPECT_NE(text.find("tensorflow_issue"), std::string::npos) << text;
  }
  write(here() / "bug.json", "[");
  EXPECT_THROW(read_bug(here()), InputError);
  EXPECT_THROW(read_catalogue(here() / "none"), std::exception);
}

}  // namespace
}  // namespace kerasan::catalogue
