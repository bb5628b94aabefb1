// Claim: data that are to be shuffled anew come in another order in each epoch.
#include <map>
#include <set>

#include "checks/call_arguments.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class EpochsReshuffled : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "epochs-reshuffled", "wrong-parameter-setting", 3,
        "fit over arrays that was given shuffle=True, or over a dataset that shuffles at each "
        "iteration, "
        "sees the rows of each epoch in an order of its own; with shuffle=False the order of "
        "arrays stays. Equal orders of at least ten different rows are found: by chance they "
        "come once in 3.6 million."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "return") {
      open_.erase({event.pid, model::require_integer(event.body, "id")});
      return;
    }
    if (event.kind != "step" && event.kind != "phase") return;
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || !trains_epochs(call->api) ||
        model::string_or(event.body, "phase", "") != "train")
      return;
    if (!open_.contains({event.pid, *id}) && open_.size() >= kCallsKept) return;
    Fit& fit = open_[{event.pid, *id}];
    if (event.kind == "step") return step(event, run, fit);
    judge(*call, fit, verdicts);
    fit.began += model::optional_integer(event.body, "steps").value_or(0);
    fit.before = std::move(fit.now);
    fit.now.clear();
  }

 private:
  enum class Order { kUnknown, kNew, kSame };
  struct Batch {
    std::string digest;
    std::size_t rows = 0;  // different ones
  };
  struct Fit {
    std::int64_t began = 0;                     // batches of the epochs before
    std::map<std::int64_t, Batch> before, now;  // by their place in the epoch
    bool told = false;
  };
  static constexpr std::size_t kCallsKept = 50, kBatchesKept = 4096, kRows = 10;

  static std::size_t different_rows(const std::vector<Tensor>& tensors) {
    if (tensors.empty() || tensors[0].shape().empty() || tensors[0].shape()[0] <= 0) return 0;
    const auto rows = static_cast<std::size_t>(tensors[0].shape()[0]);
    const auto values = tensors[0].to_doubles();
    const std::size_t width = values.size() / rows;
    std::set<std::vector<double>> found;
    for (std::size_t row = 0; row < rows; ++row) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
      found.emplace(begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    return found.size();
  }

  static void step(const model::Event& event, const model::Run& run, Fit& fit) {
    const auto index = model::optional_integer(event.body, "index");
    const Json x = event.body.value("x", Json());
    if (!index || x.is_null() || fit.now.size() >= kBatchesKept) return;
    fit.now[*index - fit.began] = {x.dump(), different_rows(run.tensors(x))};
  }

  // What the arguments say of the order of two epochs.
  static Order due(const model::Call& call) {
    const Json& x = argument(call, "x");
    if (!x.is_object()) return Order::kUnknown;
    if (x.contains("$array") || x.contains("$tensor")) {
      const Json& shuffle = argument(call, "shuffle");
      if (!argument(call, "steps_per_epoch").is_null() || !shuffle.is_boolean() ||
          !is_given(call, "shuffle"))
        return Order::kUnknown;
      return shuffle.get<bool>() ? Order::kNew : Order::kSame;
    }
    const Json config = x.value("config", Json());
    const Json shuffle = config.is_object() ? config.value("shuffle", Json()) : Json();
    if (!shuffle.is_object() || shuffle.value("reshuffles", Json()) != true ||
        model::optional_integer(shuffle, "buffer").value_or(0) < static_cast<std::int64_t>(kRows))
      return Order::kUnknown;
    return Order::kNew;
  }

  void judge(const model::Call& call, Fit& fit, Verdicts& verdicts) {
    const Order order = due(call);
    if (fit.before.empty() || fit.now.empty() || fit.told || order == Order::kUnknown) return;
    std::size_t rows = 0, compared = 0;
    bool same = true;
    for (const auto& [place, batch] : fit.now) {
      const auto other = fit.before.find(place);
      if (other == fit.before.end()) continue;
      ++compared;
      rows += batch.rows;
      same = same && batch.digest == other->second.digest;
    }
    if (compared == 0) return;
    if (same == (order == Order::kSame)) return verdicts.agrees(info().name);
    if (same && rows < kRows)
      return verdicts.not_checked(info().name, "fewer than ten different rows compared");
    fit.told = true;
    const bool given = argument(call, "x").contains("$object");
    Finding finding = finding_of(info());
    finding.claimed = same ? "an order of its own in each epoch" : "one order in all epochs";
    finding.recomputed = same ? "the same order in two epochs" : "two orders";
    finding.where = where_of(call);
    finding.message = call.api + " over " +
                      (given  ? "a dataset that shuffles at each iteration"
                       : same ? "arrays with shuffle=True"
                              : "arrays with shuffle=False") +
                      (same ? " sees the rows of two epochs in the same order."
                            : " sees the rows of two epochs in different orders.");
    finding.evidence = {{"batches compared", compared}, {"different rows", rows}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Fit> open_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<EpochsReshuffled>(); }};

}  // namespace
}  // namespace kerasan::checks
