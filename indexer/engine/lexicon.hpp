// The lexicon of one shard: every distinct token of each field, flat in memory, scanned at memory
// speed. Tokens are only ever added. Where they are kept between runs is the caller's business.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::indexer::engine {

// What a term is a token of; the first character of the term.
enum class TermField : char {
    body = 'B',
    subject = 'S',
    filename = 'N',
    attachment = 'A',
    header = 'H',  // of any other field: its name or none, `name_end` and the token
    // Not a token but the whole value of a field. The first four are what people search most.
    from = 'F',
    to = 'T',
    cc = 'C',
    bcc = 'D',
    value = 'V',  // of another field: its name, `name_end` and the value
};
inline constexpr std::array term_fields{
    TermField::body,   TermField::subject, TermField::filename, TermField::attachment,
    TermField::header, TermField::from,    TermField::to,       TermField::cc,
    TermField::bcc,    TermField::value};
constexpr bool is_value(TermField field) {
    return field == TermField::from || field == TermField::to || field == TermField::cc ||
           field == TermField::bcc || field == TermField::value;
}
constexpr bool has_name(TermField field) {
    return field == TermField::header || field == TermField::value;
}
inline constexpr char name_end = '\t';  // occurs in no name and in no token

// Any thread.
class Lexicon {
  public:
    // Terms (field character and token), each ended by a line end. Others are left out.
    void add(std::string_view terms);

    enum class Edge { open, closed };  // open: the token may go on there
    struct Found {
        std::vector<std::string_view> tokens;  // without the field; valid as long as the lexicon
        bool complete = true;                  // false: there are more than `most`
    };
    // Where terms have a name: `before` closed means where the token begins, after it.
    Found find(TermField field, std::string_view part, Edge before, Edge after,
               std::size_t most) const;

    std::vector<std::string> terms() const;  // all, sorted, as add() got them
    std::size_t octets() const;

  private:
    // "\nTOKEN\nTOKEN\n"; never moved, so that what was there can be read while more is added.
    struct Segment {
        std::unique_ptr<char[]> octets;
        std::size_t used = 0;
        std::size_t capacity = 0;
    };
    void append(std::size_t field, std::string_view token);
    std::vector<std::string_view> segments(std::size_t field) const;

    mutable std::mutex mutex_;
    std::array<std::vector<Segment>, term_fields.size()> segments_;
};

}  // namespace mailhold::indexer::engine
