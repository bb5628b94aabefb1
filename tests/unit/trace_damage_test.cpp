// Any damage gives an error or a part of what was written, and the loss is counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "../corruption.h"

namespace kerasan::trace {
namespace {

using testing::read_all;
using testing::ReadOutcome;
using testing::Sample;
using testing::sample_trace;

TEST(TraceDamage, CutAtEveryByteOfTheLastThreeFrames) {
  const Sample sample = sample_trace();
  const std::size_t first = sample.ends[sample.ends.size() - 4];
  for (std::size_t cut = first; cut <= sample.bytes.size(); ++cut) {
    const ReadOutcome outcome = read_all(sample.bytes.substr(0, cut));
    std::size_t whole = 0;  // every second frame is an event
    std::size_t last_end = 16;
    for (std::size_t i = 0; i < sample.ends.size() && sample.ends[i] <= cut; ++i) {
      whole += i % 2;
      last_end = sample.ends[i];
    }
    EXPECT_EQ(outcome.events,
              std::vector(sample.events.begin(), sample.events.begin() + static_cast<long>(whole)));
    EXPECT_EQ(outcome.loss.truncated_tail, cut != last_end) << cut;
    EXPECT_EQ(outcome.loss.bytes_lost, cut - last_end) << cut;
    EXPECT_EQ(outcome.loss.damaged_regions, 0U) << cut;
    EXPECT_TRUE(outcome.at_end);
  }
}

std::string corrupt(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (std::size_t n = 1 + below(4); n > 0 && !bytes.empty(); --n) {
    const std::size_t at = below(bytes.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(60, bytes.size() - at));
    switch (below(5)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(8));
        break;
      case 1:
        bytes.erase(at, length);
        break;
      case 2:
        bytes.insert(at, bytes.substr(below(bytes.size()), length));
        break;
      case 3:
        bytes.resize(at);
        break;
      default:
        for (std::size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<char>(below(256));
    }
  }
  return bytes;
}

TEST(TraceDamage, ThousandCorruptedTracesGiveAnErrorOrPartOfTheEvents) {
  const Sample sample = sample_trace();
  std::mt19937 random(20240611);
  int errors = 0, partial = 0, complete = 0;
  for (int round = 0; round < 1000; ++round) {
    const std::string bytes = corrupt(sample.bytes, random);
    try {
      const ReadOutcome outcome = read_all(bytes);
      for (const auto& event : outcome.events)
        EXPECT_NE(std::find(sample.events.begin(), sample.events.end(), event), sample.events.end())
            << round;
      if (outcome.events == sample.events)
        ++complete;
      else
        ++partial;
      // Silence about damage is only right when whole frames were cut off or copied.
      if (!outcome.loss.any()) {
        std::size_t whole = 16;
        for (const auto end : sample.ends)
          if (end <= bytes.size()) whole = end;
        EXPECT_EQ(bytes.size(), whole) << round;
      }
    } catch (const InputError&) {
      ++errors;
    }
  }
  // The corruption must reach every kind of outcome, or this test shows nothing.
  EXPECT_GT(errors, 5);
  EXPECT_GT(partial, 500);
  EXPECT_GT(complete, 0);
}

TEST(TraceDamage, AGrowingDamagedFileIsReadLikeAFinishedOne) {
  Sample sample = sample_trace();
  // Long enough for the magic to straddle the chunks in which the reader looks for it.
  std::string rubbish(9000, 'K');
  for (std::size_t i = 0; i < rubbish.size(); i += 7) rubbish.replace(i, 3, "KFR");
  sample.bytes.insert(sample.ends[2], rubbish);
  const ReadOutcome finished = read_all(sample.bytes);
  EXPECT_EQ(finished.events, sample.events);
  EXPECT_EQ(finished.loss.bytes_lost, rubbish.size());

  const int fd = testing::memory_file("");
  auto reader = TraceReader::from_fd(::dup(fd), "test");
  std::vector<nlohmann::json> events;
  for (std::size_t i = 0; i <= sample.bytes.size(); ++i) {
    if (i == sample.bytes.size())
      reader.set_final();
    else
      ASSERT_EQ(::write(fd, &sample.bytes[i], 1), 1);
    while (auto record = reader.next()) events.push_back(std::move(record->body));
  }
  ::close(fd);
  EXPECT_EQ(events, sample.events);
  EXPECT_EQ(reader.loss().bytes_lost, finished.loss.bytes_lost);
  EXPECT_EQ(reader.loss().damaged_regions, finished.loss.damaged_regions);
  EXPECT_TRUE(reader.at_end());
}

}  // namespace
}  // namespace kerasan::trace
