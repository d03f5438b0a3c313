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
    from = 'F',
    to = 'T',
    cc = 'C',
    bcc = 'D',
    filename = 'N',
    attachment = 'A',
    header = 'H',  // any other field: its name or none, `name_end` and the token
};
inline constexpr std::array term_fields{
    TermField::body, TermField::subject,  TermField::from,       TermField::to,    TermField::cc,
    TermField::bcc,  TermField::filename, TermField::attachment, TermField::header};
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
    // Of TermField::header: `before` closed means where the token begins, after the name.
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
