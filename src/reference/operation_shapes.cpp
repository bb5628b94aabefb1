// https://www.tensorflow.org/api_docs/python/tf and .../tf/keras/backend
#include "reference/operation_shapes.h"

#include <algorithm>

#include "reference/shapes/dims.h"

namespace kerasan::reference {
namespace {

const Dims& tensor(const OperationCall& call, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto held = call.tensors.find(name);
    if (held == call.tensors.end()) continue;
    require(held->second.size() == 1 && held->second.front(), "an input of unknown rank");
    return *held->second.front();
  }
  throw Unsupported("no input tensor");
}

Ints ints(const OperationCall& call, const char* name) {
  auto found = get_ints(call.arguments, name);
  require(found.has_value(), std::string("no numbers in ") + name);
  return *found;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  if (axis < 0) axis += static_cast<std::int64_t>(rank);
  require(axis >= 0 && axis < static_cast<std::int64_t>(rank), "an axis outside");
  return static_cast<std::size_t>(axis);
}

// As a slice of Python takes an axis of n elements; empty bounds are those of the whole axis.
std::int64_t sliced(std::int64_t n, Dim begin, Dim end, std::int64_t step) {
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  const auto clamped = [&](const Dim& at, std::int64_t whole) {
    if (!at) return whole;
    return std::clamp(*at < 0 ? *at + n : *at, low, high);
  };
  const std::int64_t from = clamped(begin, step > 0 ? low : high);
  const std::int64_t to = clamped(end, step > 0 ? high : low);
  const std::int64_t span = step > 0 ? to - from : from - to;
  return span <= 0 ? 0 : (span - 1) / std::abs(step) + 1;
}

bool masked(const OperationCall& call, const char* mask, std::size_t axis) {
  const auto bits = static_cast<std::int64_t>(get_number(call.arguments, mask, 0));
  return (bits >> axis & 1) != 0;
}

Dims strided_slice(const OperationCall& call) {
  const Dims& input = tensor(call, {"input_", "input"});
  require(!call.arguments.contains("var"), "a slice that is assigned to");
  for (const char* mask : {"ellipsis_mask", "new_axis_mask"})
    require(get_number(call.arguments, mask, 0) == 0, mask);
  const Ints begin = ints(call, "begin"), end = ints(call, "end");
  const Ints step = get_ints(call.arguments, "strides").value_or(Ints(begin.size(), 1));
  require(begin.size() == end.size() && step.size() == end.size() && end.size() <= input.size(),
          "bounds of another number of axes");
  Dims output;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (i >= begin.size()) {
      output.push_back(input[i]);
      continue;
    }
    require(step[i] != 0, "a stride of zero");
    if (masked(call, "shrink_axis_mask", i)) continue;
    const Dim from = masked(call, "begin_mask", i) ? Dim() : Dim(begin[i]);
    const Dim to = masked(call, "end_mask", i) ? Dim() : Dim(end[i]);
    output.push_back(input[i] ? Dim(sliced(*input[i], from, to, step[i])) : Dim());
  }
  return output;
}

Dims slice(const OperationCall& call) {
  const Dims& input = tensor(call, {"input_", "input"});
  const Ints begin = ints(call, "begin"), size = ints(call, "size");
  require(begin.size() == input.size() && size.size() == input.size(), "bounds of other axes");
  Dims output;
  for (std::size_t i = 0; i < input.size(); ++i)
    output.push_back(size[i] >= 0 ? Dim(size[i]) : input[i] ? Dim(*input[i] - begin[i]) : Dim());
  return output;
}

Dims transpose(const OperationCall& call) {
  const Dims& input = tensor(call, {"a", "x"});
  const char* name = call.arguments.contains("pattern") ? "pattern" : "perm";
  const auto given = get_ints(call.arguments, name);
  if (!given) {
    require(!call.tensors.contains(name), "an order that is a tensor");
    return {input.rbegin(), input.rend()};
  }
  require(given->size() == input.size(), "an order of other axes");
  Dims output;
  for (const std::int64_t axis : *given) output.push_back(input[axis_of(axis, input.size())]);
  return output;
}

Dims expand_dims(const OperationCall& call) {
  Dims output = tensor(call, {"input", "x"});
  const bool told = call.arguments.contains("axis");
  require(told || call.name == "backend.expand_dims", "no axis");
  const Ints axis = told ? ints(call, "axis") : Ints{-1};
  require(axis.size() == 1, "more than one axis");
  const auto at = axis_of(axis.front(), output.size() + 1);
  output.insert(output.begin() + static_cast<std::ptrdiff_t>(at), 1);
  return output;
}

Dims squeeze(const OperationCall& call) {
  const Dims& input = tensor(call, {"input", "x"});
  std::vector<bool> gone(input.size());
  for (const std::int64_t axis : ints(call, "axis")) gone[axis_of(axis, input.size())] = true;
  Dims output;
  for (std::size_t i = 0; i < input.size(); ++i)
    if (!gone[i]) output.push_back(input[i]);
  return output;
}

Dims concatenated(const OperationCall& call) {
  const auto held = call.tensors.find(call.tensors.contains("values") ? "values" : "tensors");
  require(held != call.tensors.end() && !held->second.empty(), "no input tensors");
  for (const auto& one : held->second)
    require(one && one->size() == held->second.front()->size(), "an input of unknown rank");
  Dims output = *held->second.front();
  const bool told = call.arguments.contains("axis");
  require(told || call.name == "backend.concatenate", "no axis");
  const Ints axis = told ? ints(call, "axis") : Ints{-1};
  require(axis.size() == 1, "more than one axis");
  const std::size_t along = axis_of(axis.front(), output.size());
  Dim sum = 0;
  for (const auto& one : held->second) {
    const Dim part = (*one)[along];
    sum = sum && part ? Dim(*sum + *part) : Dim();
    for (std::size_t i = 0; i < output.size(); ++i)
      if (!output[i]) output[i] = (*one)[i];
  }
  output[along] = sum;
  return output;
}

// "the concatenation of x's shape (less the dimension that was summed over) and y's shape (less
// the batch dimension and the dimension that was summed over)"; above rank 3 releases differ.
Dims batch_dot(const OperationCall& call) {
  const Dims &x = tensor(call, {"x"}), &y = tensor(call, {"y"});
  require(x.size() <= 3 && y.size() <= 3, "more than one axis beside batch and sum");
  Ints axes = ints(call, "axes");
  if (axes.size() == 1) axes.push_back(axes.front());
  require(axes.size() == 2, "axes of another form");
  const std::size_t of_x = axis_of(axes[0], x.size()), of_y = axis_of(axes[1], y.size());
  require(of_x > 0 && of_y > 0, "a sum over the batch");
  Dims output{Dim()};  // frameworks may leave the batch open
  for (std::size_t i = 1; i < x.size(); ++i)
    if (i != of_x) output.push_back(x[i]);
  for (std::size_t i = 1; i < y.size(); ++i)
    if (i != of_y) output.push_back(y[i]);
  if (output.size() == 1) output.emplace_back(1);
  return output;
}

using Function = Dims (*)(const OperationCall&);
const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> all{
      {"strided_slice", &strided_slice},
      {"slice", &slice},
      {"transpose", &transpose},
      {"backend.permute_dimensions", &transpose},
      {"expand_dims", &expand_dims},
      {"backend.expand_dims", &expand_dims},
      {"squeeze", &squeeze},
      {"backend.squeeze", &squeeze},
      {"concat", &concatenated},
      {"backend.concatenate", &concatenated},
      {"backend.batch_dot", &batch_dot},
  };
  return all;
}

}  // namespace

OperationShape operation_shape(const OperationCall& call) {
  const auto found = functions().find(call.name);
  if (found == functions().end()) return {std::nullopt, call.name + ": not known"};
  try {
    return {found->second(call), ""};
  } catch (const std::exception& error) {
    return {std::nullopt, call.name + ": " + error.what()};
  }
}

}  // namespace kerasan::reference
