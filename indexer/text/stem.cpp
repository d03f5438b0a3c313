#include "indexer/text/stem.hpp"

#include <cld2/public/compact_lang_det.h>
#include <libstemmer.h>

#include <algorithm>
#include <array>

#include "indexer/text/words.hpp"

namespace mailhold::indexer::text {
namespace {

// English is the first: what an unknown text counts as. Languages whose stemmers change the start of
// a word are left out.
constexpr std::array<std::string_view, language_count> codes{
    "en", "ca", "da", "de", "el", "es", "eu", "fi", "fr", "hi", "hu",
    "hy", "it", "lt", "nl", "no", "pt", "ro", "ru", "sv", "tr"};

constexpr std::size_t most_looked_at = 1'000;  // octets, to tell a language

}  // namespace

std::string_view code_of(Language language) {
    return codes.at(static_cast<std::size_t>(language));
}

Language language_of(std::string_view folded_text) {
    // CLD2 knows words as they are written.
    std::string text;
    for (const auto& run : runs(folded_text.substr(0, most_looked_at))) {
        text += written_word(run.text);
        text += ' ';
    }
    bool reliable = false;
    const auto found =
        CLD2::DetectLanguage(text.data(), static_cast<int>(text.size()), true, &reliable);
    const auto code = std::ranges::find(codes, std::string_view(CLD2::LanguageCode(found)));
    if (!reliable || code == codes.end()) return Language{};
    return static_cast<Language>(code - codes.begin());
}

struct Stemmer::Snowball {
    explicit Snowball(std::string_view code)
        : stemmer(sb_stemmer_new(std::string(code).c_str(), nullptr)) {}
    ~Snowball() { sb_stemmer_delete(stemmer); }
    Snowball(const Snowball&) = delete;
    Snowball& operator=(const Snowball&) = delete;
    sb_stemmer* stemmer;
};

Stemmer::Stemmer(Language language) : snowball_(std::make_unique<Snowball>(code_of(language))) {}
Stemmer::~Stemmer() = default;

std::string Stemmer::stem(std::string_view folded_word) const {
    const auto word = written_word(folded_word);
    if (!snowball_->stemmer) return word;
    const auto* stem =
        sb_stemmer_stem(snowball_->stemmer, reinterpret_cast<const sb_symbol*>(word.data()),
                        static_cast<int>(word.size()));
    if (!stem) return word;
    return {reinterpret_cast<const char*>(stem),
            static_cast<std::size_t>(sb_stemmer_length(snowball_->stemmer))};
}

}  // namespace mailhold::indexer::text
