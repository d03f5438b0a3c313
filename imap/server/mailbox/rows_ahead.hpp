// Rows that the catalog has of a command's messages, one for each at most, read ahead in blocks: a
// question to the catalog costs more than a row.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "imap/server/mailbox/view.hpp"

namespace mailhold::imap::server {

template <class Row>
class RowsAhead {
  public:
    // Of the message at places[at]; nullptr where there is none. `read` gives the rows of these
    // message numbers, in their order; its error is tried again with the next message. Blocking.
    template <class Read>
    Result<const Row*> row(std::size_t at, std::span<const std::uint32_t> places,
                           const store::MailboxSnapshot& mailbox, const Read& read) {
        if (at < begin_ || at >= begin_ + rows_.size()) {
            std::vector<MessageNumber> numbers;
            for (const auto place : places.subspan(at, std::min(block, places.size() - at)))
                numbers.push_back(mailbox.entries[place].message);
            auto rows = read(numbers);
            if (!rows) return std::unexpected(rows.error());
            rows_ = std::move(*rows);
            begin_ = at;
        }
        const auto& row = rows_[at - begin_];
        return row ? &*row : nullptr;
    }
    // From the one that row() gave last: with those behind it that were read.
    std::span<const std::optional<Row>> from(std::size_t at) const {
        return std::span(rows_).subspan(at - begin_);
    }

  private:
    static constexpr std::size_t block = 256;
    std::vector<std::optional<Row>> rows_;
    std::size_t begin_ = 0;
};

}  // namespace mailhold::imap::server
