// What a session wants to send: text it made, and views into messages that are kept alive until
// they are written. A 100 MB message is one view, never a copy; the shell writes it in slices.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/blob.hpp"

namespace mailhold::imap::server {

class Output {
  public:
    void add(std::string_view text);
    // `part` points into `owner`.
    void add(const Blob& owner, std::string_view part);
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    // The next octets, at most `most`, and never none while there are some. Valid until drop() or
    // add().
    std::vector<std::string_view> front(std::size_t most) const;
    void drop(std::size_t octets);  // from the front: they are sent

  private:
    struct Piece {
        std::string text;
        Blob owner;
        std::string_view part;  // of owner; unused where there is text
        std::string_view view() const { return text.empty() ? part : std::string_view(text); }
    };
    std::deque<Piece> pieces_;
    std::size_t sent_ = 0;  // octets of the first piece that are gone
    std::size_t size_ = 0;
};

}  // namespace mailhold::imap::server
