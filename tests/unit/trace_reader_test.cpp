#include <gtest/gtest.h>

#include <thread>

#include "../corruption.h"
#include "trace/frame.h"
#include "trace/reader.h"

namespace kerasan::trace {
namespace {

using testing::memory_file;
using testing::read_all;
using testing::sample_trace;

TEST(TraceReader, GivesBackWhatWasWritten) {
  const auto sample = sample_trace();
  auto reader = TraceReader::from_fd(memory_file(sample.bytes), "test");
  reader.set_final();
  for (const auto& expected : sample.events) {
    const auto record = reader.next();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->body, expected);
    EXPECT_EQ(record->stream, 7U);
    const auto tensor = reader.tensor(expected["x"]["$tensor"]);
    ASSERT_TRUE(tensor);
    EXPECT_EQ(tensor->shape(), (Shape{2, 3}));
    EXPECT_EQ(tensor->to_doubles()[1], -2.25);
  }
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.loss().any());
  EXPECT_FALSE(reader.tensor("unknown"));
}

TEST(TraceReader, RefusesWhatIsNoTrace) {
  for (const std::string& bytes : {std::string(), std::string("KERASAN"), std::string(100, 'x'),
                                   std::string("KERASAN\n\2\0\0\0\0\0\0\0", 16)})
    EXPECT_THROW(read_all(bytes), InputError);
  EXPECT_THROW(TraceReader::open("/nonexistent/trace"), InputError);
  EXPECT_THROW(TraceReader::open("/"), InputError);
}

TEST(TraceReader, FollowsAGrowingFileByteByByte) {
  const auto sample = sample_trace();
  const int fd = memory_file("");
  auto reader = TraceReader::from_fd(::dup(fd), "test");
  std::size_t events = 0;
  for (const char byte : sample.bytes) {
    ASSERT_EQ(::write(fd, &byte, 1), 1);
    while (auto record = reader.next()) EXPECT_EQ(record->body, sample.events.at(events++));
    EXPECT_FALSE(reader.at_end());
  }
  EXPECT_EQ(events, sample.events.size());
  EXPECT_FALSE(reader.loss().any());
  ::close(fd);
}

TEST(TraceReader, ReadsAPipeAndKeepsItsTensors) {
  const auto sample = sample_trace();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    for (std::size_t i = 0; i < sample.bytes.size(); i += 11)
      if (::write(ends[1], sample.bytes.data() + i,
                  std::min<std::size_t>(11, sample.bytes.size() - i)) < 0)
        break;
    ::close(ends[1]);
  });
  auto reader = TraceReader::from_fd(ends[0], "pipe");
  std::size_t events = 0;
  while (auto record = reader.next()) EXPECT_EQ(record->body, sample.events.at(events++));
  writer.join();
  EXPECT_EQ(events, sample.events.size());
  EXPECT_TRUE(reader.at_end());
  EXPECT_TRUE(reader.tensor("d0"));
}

TEST(TraceReader, CountsContentThatCannotBeUsed) {
  const std::string bomb = std::string(100000, '[');
  const std::string deep = "{\"a\":" + std::string(300, '[') + std::string(300, ']') + "}";
  std::string bytes = file_header();
  for (const std::string& json :
       {bomb, deep, std::string("{\"a\":\"\xff\"}"), std::string("{\"a\":\"\\ud800\"}"),
        std::string("[]"), std::string()})
    bytes += frame(kEventFrame, 1, json, {});
  const std::byte raw[4]{};
  for (const char* json : {R"({"digest":"x","dtype":"float32","shape":[2]})",
                           R"({"digest":"x","dtype":"float32","shape":[-1]})",
                           R"({"digest":"x","dtype":7,"shape":[1]})",
                           R"({"digest":"x","dtype":"float32","shape":[1e9]})",
                           R"({"digest":[],"dtype":"float32","shape":[1]})", R"({})"})
    bytes += frame(kTensorFrame, 1, json, raw);
  bytes += frame(99, 1, "{}", {});
  bytes += frame(kEventFrame, 1, R"({"kind":"end"})", {});
  const auto outcome = read_all(bytes);
  EXPECT_EQ(outcome.events.size(), 1U);
  EXPECT_EQ(outcome.loss.unreadable_frames, 13U);
  EXPECT_EQ(outcome.loss.damaged_regions, 0U);
}

TEST(TraceReader, ResynchronisesAfterDamageAndSaysHowMuchWasLost) {
  auto sample = sample_trace();
  sample.bytes.insert(sample.ends[3], "KFRM torn frame of a killed process");
  auto outcome = read_all(sample.bytes);
  EXPECT_EQ(outcome.events, sample.events);
  EXPECT_EQ(outcome.loss.damaged_regions, 1U);
  EXPECT_EQ(outcome.loss.bytes_lost, 35U);
  EXPECT_FALSE(outcome.loss.truncated_tail);
}

TEST(TraceReader, SkipsAFrameWhoseLengthPointsBeyondTheEnd) {
  auto sample = sample_trace();
  sample.bytes[sample.ends[0] + 6] = 0x30;  // the first event claims 3 MiB
  const auto outcome = read_all(sample.bytes);
  EXPECT_EQ(outcome.events, std::vector(sample.events.begin() + 1, sample.events.end()));
  EXPECT_EQ(outcome.loss.damaged_regions, 1U);
}

}  // namespace
}  // namespace kerasan::trace
