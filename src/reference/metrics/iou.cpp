// Intersection over union TP / (TP + FP + FN) of each class of a confusion matrix; the mean over
// the target classes that occur. IoU and MeanIoU take class indices or, where told, one column a
// class; OneHotIoU and OneHotMeanIoU columns; BinaryIoU class 1 at or above its threshold.
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"
#include "reference/metrics/confusion.h"

namespace kerasan::reference {
namespace {

enum class Form { kSparse, kOneHot, kBinary };

// For each element of labels: certainly, at the recorded values, and possibly of class k.
struct Labels {
  Shape shape;
  std::vector<std::vector<Outcome>> of;  // element, class
};

Labels from_indices(const Bounded& values, std::size_t classes) {
  Labels out{values.shape, {}};
  for (double v : values.value) {
    out.of.emplace_back(classes, Outcome{0, 0, 0});
    if (v >= 0 && v < static_cast<double>(classes))
      out.of.back()[static_cast<std::size_t>(v)] = {1, 1, 1};
  }
  return out;
}

Labels from_columns(const Bounded& values, std::size_t classes) {
  Labels out{rows_shape(values), {}};
  for (std::size_t r = 0; r < element_count(out.shape); ++r) {
    out.of.emplace_back(classes, Outcome{0, 0, 0});
    for (std::size_t k = 0; k < std::min(classes, width(values)); ++k)
      out.of.back()[k] = in_top(row_of(values, r), k, 1);
  }
  return out;
}

Labels from_threshold(const Bounded& values, double threshold) {
  Labels out{values.shape, {}};
  for (std::size_t k = 0; k < values.size(); ++k) {
    Outcome one = above(values.value[k], values.bound[k], threshold);
    if (values.value[k] >= threshold) one.at = 1;  // at the threshold it is class 1
    out.of.push_back({{1 - one.hi, 1 - one.at, 1 - one.lo}, one});
  }
  return out;
}

class Iou : public MetricState {
 public:
  Iou(Form form, const nlohmann::json& config) : form_(form), config_(config) {
    classes_ =
        form == Form::kBinary ? 2 : static_cast<std::size_t>(number(config, "num_classes", 0));
    const auto ids = config.find("target_class_ids");
    if (ids != config.end() && ids->is_array())
      for (const auto& id : *ids) targets_.push_back(static_cast<std::size_t>(id.get<double>()));
    else
      for (std::size_t k = 0; k < classes_; ++k) targets_.push_back(k);
    hits_.resize(classes_), alarms_.resize(classes_), truth_.resize(classes_);
  }

  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    const auto axis = static_cast<std::int64_t>(number(config_, "axis", -1));
    const bool one_hot = form_ == Form::kOneHot;
    const bool columns_true = one_hot || !sparse("sparse_y_true", true);
    const bool columns_pred = !sparse("sparse_y_pred", !one_hot);
    const auto t = columns_true ? axis_last(batch.y_true, axis) : batch.y_true;
    const auto p = columns_pred ? axis_last(batch.y_pred, axis) : batch.y_pred;
    if (!t || !p) return unfit(batch, "IoU along a missing axis");
    const Labels truth = columns_true ? from_columns(*t, classes_) : from_indices(*t, classes_);
    const Labels predicted = form_ == Form::kBinary
                                 ? from_threshold(*p, number(config_, "threshold", 0.5))
                             : columns_pred ? from_columns(*p, classes_)
                                            : from_indices(*p, classes_);
    const auto weights = weights_over(predicted.shape, batch);
    if (truth.of.size() != predicted.of.size() || !weights)
      return unfit(batch, "IoU of what does not fit");
    const auto ignore = config_.find("ignore_class");
    const bool ignores = ignore != config_.end() && ignore->is_number();
    if (ignores && columns_true) return NotChecked{"IoU that ignores a class of columns"};
    for (std::size_t r = 0; r < truth.of.size(); ++r)
      if (!ignores || t->value[r] != ignore->get<double>())
        add(truth.of[r], predicted.of[r], (*weights)[r]);
    return std::nullopt;
  }

  std::vector<MetricValue> accepted() const override {
    RangedSum sum;
    double present = 0;
    for (std::size_t id : targets_) {
      if (id >= classes_) return {};
      const Ranged tp = hits_[id].result(kMetricUnit), fp = alarms_[id].result(kMetricUnit);
      const Ranged so = truth_[id].result(kMetricUnit), all = so + fp;
      if (all.hi <= 0) continue;
      if (all.lo <= 0) return {};  // whether the class occurs is open
      present += 1;
      sum.add(
          rounded({tp.lo / (so.hi + fp.hi + kFuzz), tp.value / all.value, tp.hi / (so.lo + fp.lo)},
                  8 * kMetricUnit));
    }
    if (present == 0) return {scalar_metric(0)};
    const Ranged classes(present, present, present + kFuzz);
    return {scalar_metric(rounded(sum.result(kMetricUnit) / classes, 2 * kMetricUnit))};
  }

 private:
  bool sparse(const char* name, bool otherwise) const {
    return config_.contains(name) && config_[name].is_boolean() ? config_[name].get<bool>()
                                                                : otherwise;
  }

  void add(const std::vector<Outcome>& truth, const std::vector<Outcome>& predicted, double w) {
    for (std::size_t k = 0; k < classes_; ++k) {
      const Ranged t(truth[k].lo, truth[k].at, truth[k].hi);
      const Ranged p(predicted[k].lo, predicted[k].at, predicted[k].hi);
      hits_[k].add(Ranged(w) * t * p);
      alarms_[k].add(Ranged(w) * (Ranged(1) - t) * p);
      truth_[k].add(Ranged(w) * t);
    }
  }

  Form form_;
  nlohmann::json config_;
  std::size_t classes_ = 0;
  std::vector<std::size_t> targets_;
  std::vector<RangedSum> hits_, alarms_, truth_;
};

template <Form form, bool all>
std::unique_ptr<MetricState> make(const nlohmann::json& config) {
  nlohmann::json own = config;
  if (all) own.erase("target_class_ids");
  return std::make_unique<Iou>(form, own);
}

const MetricStateRegistrar a{"IoU", &make<Form::kSparse, false>};
const MetricStateRegistrar b{"MeanIoU", &make<Form::kSparse, true>};
const MetricStateRegistrar c{"BinaryIoU", &make<Form::kBinary, false>};
const MetricStateRegistrar d{"OneHotIoU", &make<Form::kOneHot, false>};
const MetricStateRegistrar e{"OneHotMeanIoU", &make<Form::kOneHot, true>};

}  // namespace
}  // namespace kerasan::reference
