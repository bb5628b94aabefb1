// Hand-made events of evaluations for the tests of the evaluation rules.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checks/rule.h"

namespace kerasan::testing {

using model::Json;

struct Collected : checks::Verdicts {
  std::map<std::string, std::uint64_t> agreed;
  std::vector<checks::Finding> found;
  std::map<std::string, std::vector<std::string>> reasons;
  void agrees(const std::string& rule, std::uint64_t count) override { agreed[rule] += count; }
  void disagrees(checks::Finding finding) override { found.push_back(std::move(finding)); }
  void not_checked(const std::string& rule, const std::string& reason, std::uint64_t) override {
    reasons[rule].push_back(reason);
  }
  std::vector<checks::Finding> of(const std::string& rule) const {
    std::vector<checks::Finding> out;
    for (const auto& f : found)
      if (f.rule == rule) out.push_back(f);
    return out;
  }
};

class Program {
 public:
  Program()
      : run_([this](const std::string& digest) { return find(digest); }),
        rules_(checks::make_rules()) {}

  Json tensor(Shape shape, const std::vector<double>& values, DType dtype = DType::kFloat32) {
    const std::string digest =
        "d" + std::to_string(std::hash<std::string>{}(Json(values).dump() + shape_text(shape)));
    tensors_[digest] = Tensor::from_doubles(dtype, std::move(shape), values);
    return {{"$tensor", digest}};
  }
  void emit(const std::string& kind, Json body) {
    body["kind"] = kind;
    const model::Event event{kind, 0, 1, std::move(body)};
    run_.apply(event);
    for (auto& rule : rules_) rule->on_event(event, run_, verdicts);
  }
  void end() {
    for (auto& rule : rules_) rule->finish(run_, verdicts);
  }
  void model(const std::string& id, const Json& loss, const Json& metrics,
             const Json& origin = nullptr) {
    emit("model", {{"id", id},
                   {"when", "call"},
                   {"class", "Sequential"},
                   {"name", "m"},
                   {"builtin", true},
                   {"layers",
                    {{{"id", "layer:1"},
                      {"class", "Dense"},
                      {"builtin", true},
                      {"name", "dense"},
                      {"weights", {{{"name", "dense/kernel:0"}, {"shape", {3, 1}}}}}}}},
                   {"outputs", {{"layer:1", 0, 0}}},
                   {"origin", origin},
                   {"compile", {{"loss", loss}, {"metrics", metrics}}}});
  }
  void begin(int id, const std::string& api, const std::string& self,
             const Json& args = Json::object()) {
    emit("call", {{"id", id},
                  {"api", api},
                  {"self", self},
                  {"args", args},
                  {"where", {{"file", "train.py"}, {"line", 7}, {"function", "main"}}}});
  }
  void step(int call, const std::string& model, int index, const Json& y, const Json& predictions,
            const Json& sample_weight = nullptr, const Json& more = Json::object()) {
    Json body{{"id", call * 100 + index},
              {"call", call},
              {"model", model},
              {"phase", "test"},
              {"index", index},
              {"x", tensor({1}, {static_cast<double>(index)})},
              {"y", y},
              {"sample_weight", sample_weight},
              {"weights", {{"variable:1", {{"$tensor", "w"}}}}},
              {"predictions", predictions},
              {"losses", Json::array()},
              {"validation", false},
              {"complete", true},
              {"logs_are", "running"}};
    body.update(more);
    emit("step", body);
  }
  void finish(int call, const std::string& model, const Json& result, bool validation = false) {
    emit("phase", {{"call", call},
                   {"model", model},
                   {"phase", "test"},
                   {"validation", validation},
                   {"complete", true}});
    emit("return", {{"id", call}, {"result", result}});
  }

  Collected verdicts;

 private:
  std::optional<Tensor> find(const std::string& digest) const {
    const auto it = tensors_.find(digest);
    return it == tensors_.end() ? std::nullopt : std::optional(it->second);
  }
  std::map<std::string, Tensor> tensors_;
  model::Run run_;
  std::vector<std::unique_ptr<checks::Rule>> rules_;
};

}  // namespace kerasan::testing
