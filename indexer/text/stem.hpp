// Stems of words and the languages that texts are in, for FUZZY. Snowball and CLD2 stay in stem.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mailhold::indexer::text {

// A language whose words can be stemmed: a place in the list of their ISO 639 codes.
enum class Language : std::uint8_t {};
inline constexpr std::size_t language_count = 21;
std::string_view code_of(Language language);  // "en"

// What a folded text is in, told by its first part. English where it is too short to tell.
Language language_of(std::string_view folded_text);

// One thread at a time.
class Stemmer {
  public:
    explicit Stemmer(Language language);
    ~Stemmer();
    // The stem of a folded word (words.hpp). Words of one stem are forms of one word; their folded
    // forms begin with the same octet.
    std::string stem(std::string_view folded_word) const;

  private:
    struct Snowball;
    std::unique_ptr<Snowball> snowball_;
};

}  // namespace mailhold::indexer::text
