// Every product of two operands is one of matrices for each index of the axes that both operands
// and the result share; axes move so that those come first.
#include "reference/ops/einsum.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

using Labels = std::vector<int>;  // one for each axis; those of "..." are negative

struct Term {
  std::string before, after;
  bool ellipsis = false;
};

Term parse_term(std::string_view text) {
  Term term;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "...") {
      require(!term.ellipsis, "einsum equation");
      term.ellipsis = true;
      i += 2;
    } else if (text[i] != ' ') {
      require(std::isalpha(static_cast<unsigned char>(text[i])) != 0, "einsum equation");
      (term.ellipsis ? term.after : term.before) += text[i];
    }
  }
  return term;
}

Labels labels_of(const Term& term, std::size_t hidden) {
  Labels labels(term.before.begin(), term.before.end());
  for (std::size_t i = 0; term.ellipsis && i < hidden; ++i) labels.push_back(-int(hidden - i));
  labels.insert(labels.end(), term.after.begin(), term.after.end());
  return labels;
}

std::size_t hidden_axes(const Term& term, std::size_t rank) {
  const std::size_t named = term.before.size() + term.after.size();
  require(term.ellipsis ? rank >= named : rank == named, "einsum of another rank");
  return rank - named;
}

bool holds(const Labels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

// A named array.
struct Operand {
  Labels labels;
  Bounded x;
};

Bounded ordered(const Operand& operand, const Labels& order) {
  if (operand.labels == order) return operand.x;
  std::vector<std::size_t> perm;
  for (int label : order)
    perm.push_back(std::size_t(std::find(operand.labels.begin(), operand.labels.end(), label) -
                               operand.labels.begin()));
  return permute(operand.x, perm);
}

// Sums over the axes that neither the other operand nor the result has.
Operand summed(Operand operand, const Labels& kept, Precision p) {
  Labels order, gone;
  for (int label : operand.labels) (holds(kept, label) ? order : gone).push_back(label);
  if (gone.empty()) return operand;
  Labels all = order;
  all.insert(all.end(), gone.begin(), gone.end());
  Bounded x = ordered(operand, all);
  Shape shape(x.shape.begin(), x.shape.begin() + std::ptrdiff_t(order.size()));
  const std::size_t rows = element_count(shape), count = rows == 0 ? 0 : x.size() / rows;
  Bounded ones(Shape{std::int64_t(count), 1});
  ones.value.assign(count, 1.0);
  x.shape = {std::int64_t(rows), std::int64_t(count)};
  Bounded y = matmul(x, ones, p);
  y.shape = shape;
  return {order, std::move(y)};
}

struct Groups {
  Labels batch, left, right, inner;
};

Groups groups_of(const Labels& a, const Labels& b, const Labels& out) {
  Groups groups;
  for (int label : a) {
    if (!holds(b, label))
      groups.left.push_back(label);
    else
      (holds(out, label) ? groups.batch : groups.inner).push_back(label);
  }
  for (int label : b)
    if (!holds(a, label)) groups.right.push_back(label);
  return groups;
}

std::int64_t product(const Labels& labels, const std::map<int, std::int64_t>& sizes) {
  std::int64_t size = 1;
  for (int label : labels) size *= sizes.at(label);
  return size;
}

Labels joined(std::initializer_list<const Labels*> parts) {
  Labels all;
  for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

std::map<int, std::int64_t> sizes_of(const Operand& a, const Operand& b) {
  std::map<int, std::int64_t> sizes;
  for (const Operand* operand : {&a, &b}) {
    std::set<int> seen;
    for (std::size_t i = 0; i < operand->labels.size(); ++i) {
      require(seen.insert(operand->labels[i]).second, "einsum along a diagonal");
      const auto [at, added] = sizes.emplace(operand->labels[i], operand->x.shape[i]);
      require(added || at->second == operand->x.shape[i], "einsum of axes that differ");
    }
  }
  return sizes;
}

}  // namespace

Bounded einsum(std::string_view equation, const Bounded& a, const Bounded& b, Precision p,
               double* terms) {
  const std::size_t comma = equation.find(','), arrow = equation.find("->");
  require(comma != std::string_view::npos && arrow != std::string_view::npos && comma < arrow,
          "einsum equation");
  const Term left = parse_term(equation.substr(0, comma));
  const Term right = parse_term(equation.substr(comma + 1, arrow - comma - 1));
  const Term result = parse_term(equation.substr(arrow + 2));
  const std::size_t la = hidden_axes(left, a.shape.size()), lb = hidden_axes(right, b.shape.size());
  require(!left.ellipsis || !right.ellipsis || la == lb, "einsum that broadcasts");
  Operand x{labels_of(left, la), a}, y{labels_of(right, lb), b};
  const Labels out = labels_of(result, std::max(la, lb));
  const auto sizes = sizes_of(x, y);
  const std::size_t before = x.x.size() + y.x.size();
  x = summed(std::move(x), joined({&y.labels, &out}), p);
  y = summed(std::move(y), joined({&x.labels, &out}), p);
  const Groups g = groups_of(x.labels, y.labels, out);
  for (int label : out) require(sizes.contains(label), "einsum equation");
  require(out.size() == g.batch.size() + g.left.size() + g.right.size(), "einsum equation");
  const auto size = [&](const Labels& labels) { return product(labels, sizes); };
  const Bounded m = reshape(ordered(x, joined({&g.batch, &g.left, &g.inner})),
                            {size(g.batch), size(g.left), size(g.inner)});
  const Bounded n = reshape(ordered(y, joined({&g.batch, &g.inner, &g.right})),
                            {size(g.batch), size(g.inner), size(g.right)});
  Operand product{joined({&g.batch, &g.left, &g.right}), batch_matmul(m, n, p)};
  product.x.shape.clear();
  for (int label : product.labels) product.x.shape.push_back(sizes.at(label));
  // What was summed before takes part in more roundings than the inner axes tell.
  if (terms != nullptr) *terms = double(size(g.inner)) + double(before - x.x.size() - y.x.size());
  return ordered(product, out);
}

// y = sum a b is linear in each: the derivative by one is the seed times the other, summed over the
// axes that the one does not have.
EinsumGradient einsum_reverse(std::string_view equation, const Bounded& a, const Bounded& b,
                              const Bounded& seed, Precision p) {
  const std::size_t comma = equation.find(','), arrow = equation.find("->");
  require(comma != std::string_view::npos && arrow != std::string_view::npos && comma < arrow,
          "einsum equation");
  const std::string left(equation.substr(0, comma)), result(equation.substr(arrow + 2));
  const std::string right(equation.substr(comma + 1, arrow - comma - 1));
  EinsumGradient out{einsum(result + "," + right + "->" + left, seed, b, p),
                     einsum(left + "," + result + "->" + right, a, seed, p)};
  require(out.a.shape == a.shape && out.b.shape == b.shape, "an axis of one operand alone");
  return out;
}

}  // namespace kerasan::reference
