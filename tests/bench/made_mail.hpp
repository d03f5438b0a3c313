// Mail for benchmarks: message n is always the same octets, of about 6 KB, with words by Zipf's law,
// a vocabulary that grows as that of real mail does, and the headers that machines add.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace mailhold::bench {

class MadeMail {
  public:
    explicit MadeMail(std::uint32_t seed = 1);
    std::string message(std::uint32_t number) const;  // CRLF line ends

  private:
    std::string word(std::mt19937_64& random) const;
    std::vector<std::string> vocabulary_;
    std::vector<double> weights_;  // cumulative
    std::uint32_t seed_;
};

}  // namespace mailhold::bench
