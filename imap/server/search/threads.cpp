#include "imap/server/search/threads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace mailhold::imap::server {
namespace {

using Index = std::uint32_t;
constexpr Index none = ~Index{0};

// A message, or a dummy that stands for one that is not there.
struct Node {
    const ThreadMessage* message = nullptr;
    Index parent = none;
    std::vector<Index> children;
};

class Forest {
  public:
    explicit Forest(const std::vector<ThreadMessage>& messages) : messages_(messages) {}

    // RFC 5256 3, ORDEREDSUBJECT: those of one base subject hang at the first of them.
    void by_subject() {
        std::vector<const ThreadMessage*> order;
        for (const auto& message : messages_) order.push_back(&message);
        std::ranges::sort(order, [](const auto* a, const auto* b) {
            return std::tie(a->facts->subject, a->sent, a->number) <
                   std::tie(b->facts->subject, b->sent, b->number);
        });
        for (const auto* message : order) {
            const bool joins = !roots_.empty() && nodes_[roots_.back()].message->facts->subject ==
                                                      message->facts->subject;
            const Index node = add(message);
            if (joins)
                nodes_[roots_.back()].children.push_back(node);
            else
                roots_.push_back(node);
        }
        sort(roots_);
    }

    // RFC 5256 3, REFERENCES: steps 1 to 3.
    void by_references() {
        for (const auto& message : messages_) {
            Index parent = none;
            for (const IdHash id : message.links->references) {
                const Index node = node_of(id);
                // 1A: a link that is there already stays, as the older header knew better.
                if (parent != none && nodes_[node].parent == none) link(parent, node);
                parent = node;
            }
            const Index own = own_node(message);
            nodes_[own].message = &message;
            // 1B: the message's own word on its parent replaces what others said of it.
            nodes_[own].parent = none;
            if (parent != none) link(parent, own);
        }
        gather();
    }

    // Step 5: roots of one base subject become one thread.
    void join_subjects() {
        std::unordered_map<std::string_view, Index> table;
        for (const Index root : roots_) {
            if (subject(root).empty()) continue;
            const auto [place, added] = table.try_emplace(subject(root), root);
            Index& known = place->second;
            if (!added && nodes_[known].message &&
                (!nodes_[root].message || (is_reply(known) && !is_reply(root))))
                known = root;
        }
        std::unordered_map<Index, Index> replaced;  // a root by the dummy that took its place
        std::vector<Index> left;
        std::vector<char> hangs(nodes_.size(), 0);
        for (const Index root : roots_) {
            const auto place = table.find(subject(root));
            if (place == table.end() || place->second == root) continue;
            const Index known = place->second;
            hangs[root] = 1;
            if (!nodes_[root].message) {  // then the one in the table is a dummy too
                std::ranges::move(nodes_[root].children,
                                  std::back_inserter(nodes_[known].children));
            } else if (!nodes_[known].message || (is_reply(root) && !is_reply(known))) {
                nodes_[known].children.push_back(root);
            } else {
                const Index dummy = add(nullptr);
                nodes_[dummy].children = {known, root};
                replaced[known] = dummy;
                place->second = dummy;
            }
        }
        for (const Index root : roots_) {
            if (hangs[root]) continue;
            const auto dummy = replaced.find(root);
            left.push_back(dummy == replaced.end() ? root : dummy->second);
        }
        roots_ = std::move(left);
    }

    // Steps 4 and 6: siblings by date, the whole forest.
    void sort_by_date() {
        for (Node& node : nodes_) sort(node.children);
        sort(roots_);
    }

    // REFS: threads by their newest message.
    void sort_by_newest() {
        sort_by_date();
        std::vector<std::pair<std::pair<UtcSeconds, std::uint32_t>, Index>> order;
        for (const Index root : roots_) {
            std::vector<Index> open{root};
            auto newest = UtcSeconds::min();
            while (!open.empty()) {
                const Node& node = nodes_[open.back()];
                open.pop_back();
                if (node.message) newest = std::max(newest, node.message->sent);
                open.insert(open.end(), node.children.begin(), node.children.end());
            }
            order.push_back({{newest, first_of(root).number}, root});
        }
        std::ranges::sort(order);
        std::ranges::transform(order, roots_.begin(), [](const auto& each) { return each.second; });
    }

    // thread-list = "(" (thread-members / thread-nested) ")"
    std::string text() const {
        std::string out;
        struct Step {
            Index node;
            bool closes;
        };
        std::vector<Step> open;
        const auto push = [&](const std::vector<Index>& threads) {
            for (auto node = threads.rbegin(); node != threads.rend(); ++node)
                open.insert(open.end(), {{*node, true}, {*node, false}});
        };
        push(roots_);
        while (!open.empty()) {
            auto [at, closes] = open.back();
            open.pop_back();
            if (closes) {
                out += ')';
                continue;
            }
            out += '(';
            while (true) {
                const Node& node = nodes_[at];
                if (node.message) out += fmt::format_int(node.message->number).c_str();
                if (node.message && !node.children.empty()) out += ' ';
                if (node.children.size() != 1) {
                    push(node.children);
                    break;
                }
                at = node.children.front();
            }
        }
        return out;
    }

  private:
    Index add(const ThreadMessage* message) {
        nodes_.push_back({message, none, {}});
        return static_cast<Index>(nodes_.size() - 1);
    }
    Index node_of(IdHash id) {
        const auto [place, added] = by_id_.try_emplace(id, 0);
        if (added) place->second = add(nullptr);
        return place->second;
    }
    // A message whose id is missing, or was another's, counts as having one of its own.
    Index own_node(const ThreadMessage& message) {
        if (!message.links->id) return add(nullptr);
        const Index node = node_of(*message.links->id);
        return nodes_[node].message ? add(nullptr) : node;
    }
    // `child` has no parent, so a loop would come of it only if it is the parent's own root.
    void link(Index parent, Index child) {
        Index root = parent;
        while (nodes_[root].parent != none) root = nodes_[root].parent;
        if (root != child) nodes_[child].parent = parent;
    }

    // Steps 2 and 3: dummies go. Their children move up, to the top only where it is one.
    void gather() {
        // The nearest message above, else the topmost dummy; `none` for the top itself.
        std::vector<Index> above(nodes_.size(), none);
        std::vector<char> known(nodes_.size(), 0);
        std::vector<Index> path;
        for (Index i = 0; i < nodes_.size(); ++i) {
            for (Index at = i; !known[at]; at = nodes_[at].parent) {
                path.push_back(at);
                known[at] = 1;
                if (nodes_[at].parent == none) break;
            }
            for (; !path.empty(); path.pop_back()) {
                const Index parent = nodes_[path.back()].parent;
                if (parent == none) continue;
                const bool stays = nodes_[parent].message || nodes_[parent].parent == none;
                above[path.back()] = stays ? parent : above[parent];
            }
        }
        for (Index i = 0; i < nodes_.size(); ++i) {
            if (nodes_[i].message && above[i] != none) nodes_[above[i]].children.push_back(i);
        }
        for (Index i = 0; i < nodes_.size(); ++i) {
            if (nodes_[i].message ? above[i] == none : nodes_[i].children.size() > 1)
                roots_.push_back(i);
            else if (!nodes_[i].message && nodes_[i].children.size() == 1)
                roots_.push_back(nodes_[i].children.front());
        }
    }

    // A dummy counts as the earliest of its children, which are messages.
    const ThreadMessage& first_of(Index index) const {
        const Node& node = nodes_[index];
        if (node.message) return *node.message;
        return *nodes_[*std::ranges::min_element(node.children, {}, [this](Index child) {
                    return key_of(child);
                })].message;
    }
    std::pair<UtcSeconds, std::uint32_t> key_of(Index index) const {
        const ThreadMessage& message = first_of(index);
        return {message.sent, message.number};
    }
    std::string_view subject(Index index) const { return first_of(index).facts->subject; }
    bool is_reply(Index index) const { return first_of(index).facts->reply_or_forward; }

    void sort(std::vector<Index>& siblings) const {
        if (siblings.size() < 2) return;
        std::vector<std::pair<std::pair<UtcSeconds, std::uint32_t>, Index>> order;
        for (const Index node : siblings) order.emplace_back(key_of(node), node);
        std::ranges::sort(order);
        std::ranges::transform(order, siblings.begin(),
                               [](const auto& each) { return each.second; });
    }

    const std::vector<ThreadMessage>& messages_;
    std::vector<Node> nodes_;
    std::unordered_map<IdHash, Index> by_id_;
    std::vector<Index> roots_;
};

}  // namespace

std::optional<Threading> threading(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Threading>, 3> known{{
        {"ORDEREDSUBJECT", Threading::ordered_subject},
        {"REFERENCES", Threading::references},
        {"REFS", Threading::refs},
    }};
    const auto found = std::ranges::find(known, name, [](const auto& each) { return each.first; });
    if (found == known.end()) return std::nullopt;
    return found->second;
}

std::string threads_text(Threading algorithm, const std::vector<ThreadMessage>& messages) {
    Forest forest(messages);
    switch (algorithm) {
        case Threading::ordered_subject:
            forest.by_subject();
            break;
        case Threading::references:
            forest.by_references();
            forest.sort_by_date();
            forest.join_subjects();
            forest.sort_by_date();
            break;
        case Threading::refs:
            forest.by_references();
            forest.sort_by_newest();
            break;
    }
    return forest.text();
}

}  // namespace mailhold::imap::server
