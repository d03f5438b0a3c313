// The lexicon of one shard: every distinct token of each field, flat in memory, scanned at memory
// speed. Tokens are only ever added. Where they are kept between runs is the caller's business.
#pragma once

#include <array>
#include <cstddef>
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
};
inline constexpr std::array term_fields{TermField::body,     TermField::subject,   TermField::from,
                                        TermField::to,       TermField::cc,        TermField::bcc,
                                        TermField::filename, TermField::attachment};

class Lexicon {
  public:
    // Terms (field character and token), each ended by a line end. Others are left out.
    void add(std::string_view terms);

    enum class Edge { open, closed };  // open: the token may go on there
    struct Found {
        std::vector<std::string_view> tokens;  // valid until the next add()
        bool complete = true;                  // false: there are more than `most`
    };
    Found find(TermField field, std::string_view part, Edge before, Edge after,
               std::size_t most) const;

    std::vector<std::string> terms() const;  // all, sorted, as add() got them

  private:
    std::array<std::string, term_fields.size()> flat_;  // "\nTOKEN\nTOKEN\n"
};

}  // namespace mailhold::indexer::engine
