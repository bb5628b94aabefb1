# ./dev new rule NAME. Sourced by ./dev.
new_rule() {
  local name=$1 file class
  [[ "$name" =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)+$ ]] || die "a rule's name is kebab-case: got '$name'"
  file=${name//-/_}
  class=$(sed -E 's/(^|-)([a-z0-9])/\U\2/g' <<<"$name")
  write_new "src/checks/$file.cpp" <<END
// What the framework claims, and how it is verified.
#include "checks/rule.h"

namespace kerasan::checks {
namespace {

class $class : public Rule {
 public:
  const RuleInfo& info() const override { return info_; }
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    (void)event;
    (void)run;
    (void)verdicts;
  }

 private:
  const RuleInfo info_{"$name", "wrong-calculation", 4, "One paragraph: the claim, the check."};
};

const RuleRegistrar registrar{[]() -> std::unique_ptr<Rule> { return std::make_unique<$class>(); }};

}  // namespace
}  // namespace kerasan::checks
END
  write_new "docs/rules/$name.md" <<END
# $name

What a framework that keeps this rule always does, how it is verified, what is not checked.
END
  write_new "tests/unit/${file}_test.cpp" <<END
#include <gtest/gtest.h>

// One run that breaks the rule and one that keeps it.
TEST(${class}Test, ReportsARunThatBreaksIt) { FAIL() << "write this test"; }
TEST(${class}Test, IsSilentOnAHealthyRun) { FAIL() << "write this test"; }
END
}

write_new() {
  [ ! -e "$HERE/$1" ] || die "$1 is there already"
  mkdir -p "$(dirname "$HERE/$1")"
  cat >"$HERE/$1"
  echo "wrote $1"
}
