#include "checks/call_cycle.h"

#include <algorithm>

namespace kerasan::checks {
namespace {

struct Call {
  std::string layer;
  std::vector<std::size_t> needs;  // other calls
  enum { kNew, kOpen, kDone } state = kNew;
};

class Calls {
 public:
  Calls(const SavedModel& model, const SavedGraph& graph) {
    std::vector<const SavedLayer*> layers;
    for (const std::string& name : graph.layers) {
      const SavedLayer* layer = model.layer(graph.path.empty() ? name : graph.path + "/" + name);
      if (layer == nullptr || first_.contains(name)) continue;
      first_[name] = {all_.size(), layer};
      layers.push_back(layer);
      all_.insert(all_.end(), layer->nodes.size(), Call{name, {}, Call::kNew});
    }
    for (const SavedLayer* layer : layers) {
      for (std::size_t i = 0; i < layer->nodes.size(); ++i) {
        for (const TensorReference& from : layer->nodes[i]) {
          need(all_[first_[layer->name].index + i], from);
        }
      }
    }
  }

  // Depth first without recursion: the calls that are open when one of them is met again.
  std::vector<std::string> cycle() {
    for (std::size_t root = 0; root < all_.size(); ++root) {
      if (all_[root].state == Call::kNew) open(root);
      while (!path_.empty()) {
        auto& [at, next] = path_.back();
        Call& call = all_[at];
        if (next == call.needs.size()) {
          call.state = Call::kDone;
          path_.pop_back();
          continue;
        }
        const std::size_t needed = call.needs[next++];
        if (all_[needed].state == Call::kOpen) return names_from(needed);
        if (all_[needed].state == Call::kNew) open(needed);
      }
    }
    return {};
  }

 private:
  struct Place {
    std::size_t index = 0;
    const SavedLayer* layer = nullptr;
  };

  void need(Call& call, const TensorReference& from) {
    const auto found = first_.find(from.layer);
    if (found == first_.end() || from.node < 0) return;
    const std::size_t calls = found->second.layer->nodes.size();
    auto node = static_cast<std::size_t>(from.node);
    // Calls of a model inside are counted from where it was made, not from 0.
    if (found->second.layer->is_model) {
      if (calls != 1) return;
      node = 0;
    }
    if (node < calls) call.needs.push_back(found->second.index + node);
  }

  void open(std::size_t call) {
    all_[call].state = Call::kOpen;
    path_.emplace_back(call, 0);
  }

  std::vector<std::string> names_from(std::size_t call) const {
    const auto begin = std::ranges::find(path_, call, &std::pair<std::size_t, std::size_t>::first);
    std::vector<std::string> names;
    // The path goes from a call to what it needs; told is the way of the values.
    for (auto at = path_.end(); at != begin;) names.push_back(all_[(--at)->first].layer);
    return names;
  }

  std::map<std::string, Place> first_;
  std::vector<Call> all_;
  std::vector<std::pair<std::size_t, std::size_t>> path_;  // a call, and which need comes next
};

}  // namespace

std::vector<std::string> call_cycle(const SavedModel& model, const SavedGraph& graph) {
  return Calls(model, graph).cycle();
}

}  // namespace kerasan::checks
