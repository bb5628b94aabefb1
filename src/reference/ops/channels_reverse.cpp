#include "reference/ops/channels_reverse.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "base/pieces.h"
#include "base/vectorised.h"

namespace kerasan::reference::channels {
namespace {

// The elements of some rows.
class Block {
 public:
  explicit Block(std::size_t size) : value_(size), bound_(size) {}
  lines::Line line(std::size_t size) { return {value_.data(), bound_.data(), size}; }
  const double* value() const { return value_.data(); }
  const double* bound() const { return bound_.data(); }

 private:
  std::vector<double> value_, bound_;
};

// Of some rows after the other: what x is normalised to, and the inner derivative.
class Walk {
 public:
  Walk(const Elements& all, const Scaling& by)
      : all_(all),
        by_(by),
        channels_(by.normal.mean.size()),
        rows_(rows_at_once(channels_, all.rows)),
        by_normal_(repeated(by.normal, rows_)),
        normal_(rows_ * channels_),
        inner_(rows_ * channels_),
        scale_(by.scale == nullptr ? 0 : rows_ * channels_) {
    if (by.scale != nullptr)
      spread(scale_.line(rows_ * channels_), by.scale->data(), by.scale_bound->data(), channels_);
  }

  // Calls run(at, size, normal, inner, inner's bound) for the elements from `at`.
  template <class Run>
  void each(const Run& run) {
    const std::size_t all = all_.rows * channels_;
    for (std::size_t at = 0; at < all; at += size()) {
      const std::size_t size = std::min(this->size(), all - at);
      normalize(normal_.line(size), all_.x + at, all_.x_bound + at, by_normal_, by_.u, by_.tiny);
      const double *seed = all_.seed + at, *bound = all_.seed_bound + at;
      if (by_.scale == nullptr) {
        run(at, size, normal_, seed, bound);
        continue;
      }
      lines::multiply(inner_.line(size), seed, bound, scale_.value(), scale_.bound(), by_.u,
                      by_.tiny);
      run(at, size, normal_, inner_.value(), inner_.bound());
    }
  }
  std::size_t rows() const { return rows_; }
  std::size_t size() const { return rows_ * channels_; }

 private:
  const Elements& all_;
  const Scaling& by_;
  std::size_t channels_, rows_;
  Normal by_normal_;
  Block normal_, inner_, scale_;
};

struct Given {
  const double *value, *bound;
  explicit Given(const Column& c) : value(c.value.data()), bound(c.bound.data()) {}
};

// What is left of the derivative of some rows without what its mean and its deviation move by.
KERASAN_VECTORISED
void left_rows(lines::Line to, const double* x, const double* normal, const double* normal_bound,
               const double* inner, const double* inner_bound, const double* mean_of_x,
               const double* inverse, Given mean, Given slope, double u) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < to.size; ++c) {
    // x - mean and x^2 - mean^2 are differences of rounded values in some forms.
    const double sizes =
        std::fabs(normal[c]) + (std::fabs(x[c]) + std::fabs(mean_of_x[c])) * inverse[c];
    const double most = std::fabs(slope.value[c]) + slope.bound[c];
    const double carried = inner_bound[c] + mean.bound[c] + std::fabs(normal[c]) * slope.bound[c] +
                           normal_bound[c] * most;
    to.bound[c] = carried + 6 * u * (std::fabs(inner[c]) + std::fabs(mean.value[c]) + sizes * most);
    to.value[c] = inner[c] - (mean.value[c] + normal[c] * slope.value[c]);
  }
}

SlopeSums slope_sums_of(const Elements& all, const Scaling& by, double g) {
  Walk walk(all, by);
  SlopeSums wide(walk.size()), sums(by.normal.mean.size());
  Block block(walk.size());
  const auto add = [&](Column& to, const double* value, const double* bound, std::size_t size) {
    lines::add_parts({to.value.data(), to.bound.data(), size}, value, bound, g);
  };
  const auto add_both = [&](Column& to, Column& by_normal, const double* value, const double* bound,
                            const Block& normal, std::size_t size) {
    add(to, value, bound, size);
    lines::multiply(block.line(size), value, bound, normal.value(), normal.bound(), by.u, by.tiny);
    add(by_normal, block.value(), block.bound(), size);
  };
  walk.each([&](std::size_t at, std::size_t size, const Block& normal, const double* inner,
                const double* inner_bound) {
    add_both(wide.seed, wide.by_normal, all.seed + at, all.seed_bound + at, normal, size);
    if (by.scale != nullptr)
      add_both(wide.inner, wide.inner_by_normal, inner, inner_bound, normal, size);
  });
  fold(sums.seed, wide.seed), fold(sums.by_normal, wide.by_normal);
  fold(sums.inner, by.scale == nullptr ? wide.seed : wide.inner);
  fold(sums.inner_by_normal, by.scale == nullptr ? wide.by_normal : wide.inner_by_normal);
  return sums;
}

void slopes_of(lines::Line to, const Elements& all, const Scaling& by, const Slopes& of) {
  Walk walk(all, by);
  Block left(walk.size());
  const auto wide = [&](const Column& column) {
    Column out(0);
    out.value = repeated(column.value, walk.rows()),
    out.bound = repeated(column.bound, walk.rows());
    return out;
  };
  const Column mean = wide(of.mean), slope = wide(of.slope), inverse = wide(of.inverse);
  const std::vector<double> mean_of_x = repeated(by.normal.mean, walk.rows());
  walk.each([&](std::size_t at, std::size_t size, const Block& normal, const double* inner,
                const double* inner_bound) {
    if (of.own) {
      left_rows(left.line(size), all.x + at, normal.value(), normal.bound(), inner, inner_bound,
                mean_of_x.data(), inverse.value.data(), Given(mean), Given(slope), by.u);
      inner = left.value(), inner_bound = left.bound();
    }
    lines::multiply({to.value + at, to.bound + at, size}, inner, inner_bound, inverse.value.data(),
                    inverse.bound.data(), by.u, by.tiny);
  });
}

// Calls work(begin, end) for the rows of each piece.
template <class Work>
void for_row_pieces(std::size_t rows, std::size_t channels, const Work& work) {
  for_pieces(rows, kRowsOfPiece * rows_at_once(channels, rows), work);
}

Elements rows_of(const Elements& all, std::size_t begin, std::size_t end, std::size_t channels) {
  const std::size_t at = begin * channels;
  return {all.x + at, all.x_bound + at, all.seed + at, all.seed_bound + at, end - begin};
}

}  // namespace

SlopeSums slope_sums(const Elements& all, const Scaling& by, double g) {
  const std::size_t channels = by.normal.mean.size();
  std::map<std::size_t, SlopeSums> parts;  // by their first row
  std::mutex mutex;
  for_row_pieces(all.rows, channels, [&](std::size_t begin, std::size_t end) {
    SlopeSums part = slope_sums_of(rows_of(all, begin, end, channels), by, g);
    const std::lock_guard lock(mutex);
    parts.emplace(begin, std::move(part));
  });
  SlopeSums sums(channels);
  for (const auto& [begin, part] : parts) {
    fold(sums.seed, part.seed), fold(sums.by_normal, part.by_normal);
    fold(sums.inner, part.inner), fold(sums.inner_by_normal, part.inner_by_normal);
  }
  return sums;
}

void slopes(lines::Line to, const Elements& all, const Scaling& by, const Slopes& of) {
  const std::size_t channels = by.normal.mean.size();
  for_row_pieces(all.rows, channels, [&](std::size_t begin, std::size_t end) {
    const std::size_t at = begin * channels, size = (end - begin) * channels;
    slopes_of({to.value + at, to.bound + at, size}, rows_of(all, begin, end, channels), by, of);
  });
}

}  // namespace kerasan::reference::channels
