// Hash functions by the values that their publications and the page of the layer give.
#include "layer_call.h"
#include "reference/ops/fingerprint.h"

namespace kerasan::reference {
namespace {

TEST(Fingerprint, OfTheDocumentedExamples) {
  const std::vector<const char*> texts{"A", "B", "C", "D", "E"};
  const std::vector<std::uint64_t> plain{1, 0, 1, 1, 2}, salted{1, 2, 1, 0, 2}, once{0, 0, 2, 1, 0};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(farm_fingerprint64(texts[i]) % 3, plain[i]);
    EXPECT_EQ(sip_hash(texts[i], 133, 137) % 3, salted[i]);
    EXPECT_EQ(sip_hash(texts[i], 133, 133) % 3, once[i]);
  }
}

// The test vector of the paper's appendix A.
TEST(Fingerprint, SipHashOfFifteenBytes) {
  std::string text;
  for (char c = 0; c < 15; ++c) text.push_back(c);
  EXPECT_EQ(sip_hash(text, 0x0706050403020100, 0x0f0e0d0c0b0a0908), 0xa129ca6149be45e5U);
}

TEST(Hashing, LeavesABinForTheMaskValue) {
  LayerCall call;
  call.inputs = {values({4}, {7, 2, 7, 19})};
  call.config = {{"num_bins", 5}, {"mask_value", 2}};
  const double seven = double(farm_fingerprint64("7") % 4 + 1);
  expect_values(run(call, "Hashing"), {4},
                {seven, 0, seven, double(farm_fingerprint64("19") % 4 + 1)});
  call.inputs = {values({1}, {0.5})};
  EXPECT_TRUE(run(call, "Hashing").not_checked);
}

}  // namespace
}  // namespace kerasan::reference
