#include "base/pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace kerasan {
namespace {

TEST(Pieces, EveryElementIsTakenOnceInTheSamePieces) {
  for (const std::size_t n : {0, 1, 9, 10, 11, 1000}) {
    std::vector<int> taken(n);
    std::atomic<int> odd{0};
    for_pieces(n, 10, [&](std::size_t begin, std::size_t end) {
      if (begin % 10 != 0 || end != std::min(n, begin + 10)) ++odd;
      for (std::size_t i = begin; i < end; ++i) ++taken[i];
    });
    EXPECT_EQ(taken, std::vector<int>(n, 1));
    EXPECT_EQ(odd, 0);
  }
}

TEST(Pieces, AFailureReachesTheCallerAndTheNextWorkIsDone) {
  const auto fail = [](std::size_t begin, std::size_t) {
    if (begin == 40) throw std::runtime_error("piece 4");
  };
  EXPECT_THROW(for_pieces(100, 10, fail), std::runtime_error);
  std::atomic<std::size_t> sum{0};
  for_pieces(100, 10, [&](std::size_t begin, std::size_t end) { sum += end - begin; });
  EXPECT_EQ(sum, 100U);
}

TEST(Pieces, PiecesOfPiecesAndOfSeveralThreadsAtOnce) {
  std::atomic<std::size_t> sum{0};
  const auto work = [&] {
    for (int round = 0; round < 200; ++round)
      for_pieces(8, 1, [&](std::size_t, std::size_t) {
        for_pieces(8, 1, [&](std::size_t begin, std::size_t end) { sum += end - begin; });
      });
  };
  std::thread other(work), alone([&] {
    work_alone();
    work();
  });
  work();
  other.join();
  alone.join();
  EXPECT_EQ(sum, 3U * 200U * 64U);
}

}  // namespace
}  // namespace kerasan
