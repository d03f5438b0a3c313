// Words are syllables; one in a hundred is new, as names, codes and mistakes are in real mail.
#include "tests/bench/made_mail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace mailhold::bench {
namespace {

constexpr std::size_t vocabulary_size = 60'000;
constexpr std::array<std::string_view, 26> onsets{
    "b", "c", "d", "f", "g", "h",  "j",  "k",  "l",  "m",  "n",  "p",  "r",
    "s", "t", "v", "w", "z", "st", "tr", "pl", "br", "ch", "sh", "th", "gr"};
constexpr std::array<std::string_view, 9> nuclei{"a", "e", "i", "o", "u", "ai", "ea", "io", "ou"};
constexpr std::array<std::string_view, 8> codas{"", "", "", "n", "r", "s", "t", "nd"};

template <class Array>
std::string_view pick(const Array& from, std::mt19937_64& random) {
    return from[random() % from.size()];
}

std::string new_word(std::mt19937_64& random, std::size_t syllables) {
    std::string word;
    for (std::size_t i = 0; i < syllables; ++i) {
        word += pick(onsets, random);
        word += pick(nuclei, random);
    }
    word += pick(codas, random);
    return word;
}

}  // namespace

MadeMail::MadeMail(std::uint32_t seed) : seed_(seed) {
    std::mt19937_64 random(seed);
    double sum = 0;
    for (std::size_t i = 0; i < vocabulary_size; ++i) {
        vocabulary_.push_back(new_word(random, i < 60 ? 1 : 2 + random() % 3));
        sum += 1 / std::pow(static_cast<double>(i) + 2.7, 1.05);
        weights_.push_back(sum);
    }
}

std::string MadeMail::word(std::mt19937_64& random) const {
    if (random() % 100 == 0) return new_word(random, 3 + random() % 2);
    const double at = std::generate_canonical<double, 32>(random) * weights_.back();
    const auto place = std::ranges::lower_bound(weights_, at) - weights_.begin();
    return vocabulary_[std::min(static_cast<std::size_t>(place), vocabulary_.size() - 1)];
}

std::string MadeMail::message(std::uint32_t number) const {
    std::mt19937_64 random(std::uint64_t{seed_} << 40 ^ number);
    const auto name = [&] { return vocabulary_[100 + random() % 3000]; };
    const std::string from = name();
    const std::string to = name();
    std::string subject;
    for (auto words = 3 + random() % 6; words > 0; --words) subject += word(random) + ' ';
    std::string body;
    const auto words = 150 + random() % 1100;
    for (std::size_t i = 0; i < words; ++i) body += word(random) + (i % 11 == 10 ? "\r\n" : " ");
    const auto second = number % 315'000'000;
    return fmt::format(
        "Received: from mx{}.{}.example (mx.example [10.{}.{}.{}])\r\n\tby relay.example with "
        "ESMTPS id "
        "{:012X}\r\n\tfor <{}@example.net>\r\nFrom: {} {} <{}@{}.example>\r\nTo: {}@example.net\r\n"
        "Subject: {}\r\nDate: {} Jan {} {:02}:{:02}:{:02} +0000\r\nMessage-ID: "
        "<{:x}.{:012x}@{}.example>\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; d={}.example; "
        "bh={:016x}{:016x};\r\n\tb={:016x}{:016x}{:016x}\r\n"
        "X-Mailer: Mutt/2.2.9\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
        "charset=us-ascii\r\n\r\n{}\r\n",
        random() % 9, name(), random() % 256, random() % 256, random() % 256,
        random() & 0xffffffffffff, to, from, name(), from, name(), to, subject,
        1 + second / 86'400 % 31, 2000 + second / 2'678'400 % 25, second / 3600 % 24,
        second / 60 % 60, second % 60, number, random() & 0xffffffffffff, from, from, random(),
        random(), random(), random(), random(), body);
}

}  // namespace mailhold::bench
