#include "store/ledger/merkle.hpp"

#include <bit>

#include "store/base/error.hpp"

namespace mailhold::store::ledger {
namespace {

Digest root_of(std::span<const Digest> leaves) {
    Frontier tree;
    for (const auto& leaf : leaves) tree.append(leaf);
    return tree.root();
}

// SUBPROOF(m, D[n], b) of RFC 6962 2.1.2; `whole` is its b.
enum class Subtree { whole, part };
void add_subproof(Proof& proof, std::span<const Digest> leaves, std::size_t old_size,
                  Subtree seen) {
    if (old_size == leaves.size()) {
        if (seen == Subtree::part) proof.push_back(root_of(leaves));
        return;
    }
    const auto split = std::bit_floor(leaves.size() - 1);
    if (old_size <= split) {
        add_subproof(proof, leaves.first(split), old_size, seen);
        proof.push_back(root_of(leaves.subspan(split)));
    } else {
        add_subproof(proof, leaves.subspan(split), old_size - split, Subtree::part);
        proof.push_back(root_of(leaves.first(split)));
    }
}

}  // namespace

Digest leaf_hash(std::string_view leaf) {
    Sha256 hash;
    hash.update(std::string_view("\0", 1));
    hash.update(leaf);
    return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
    char node[1 + 2 * sizeof left.bytes];
    node[0] = 1;
    left.view().copy(node + 1, sizeof left.bytes);
    right.view().copy(node + 1 + sizeof left.bytes, sizeof right.bytes);
    return sha256({node, sizeof node});
}

Frontier::Frontier(std::uint64_t size, std::vector<Digest> peaks)
    : size_(size), peaks_(std::move(peaks)) {
    MAILHOLD_ASSERT(std::cmp_equal(std::popcount(size), peaks_.size()));
}

void Frontier::append(const Digest& leaf) {
    peaks_.push_back(leaf);
    for (auto carry = size_++; carry & 1; carry >>= 1) {
        const auto right = peaks_.back();
        peaks_.pop_back();
        peaks_.back() = node_hash(peaks_.back(), right);
    }
}

Digest Frontier::root() const {
    if (peaks_.empty()) return sha256("");
    auto root = peaks_.back();
    for (auto left = peaks_.rbegin() + 1; left != peaks_.rend(); ++left)
        root = node_hash(*left, root);
    return root;
}

Proof inclusion_proof(std::span<const Digest> leaves, std::size_t index) {
    MAILHOLD_ASSERT(index < leaves.size());
    if (leaves.size() == 1) return {};
    const auto split = std::bit_floor(leaves.size() - 1);
    const bool in_left = index < split;
    auto proof = in_left ? inclusion_proof(leaves.first(split), index)
                         : inclusion_proof(leaves.subspan(split), index - split);
    proof.push_back(root_of(in_left ? leaves.subspan(split) : leaves.first(split)));
    return proof;
}

// RFC 9162 2.1.3.2, the same tree's verification step by step.
bool verify_inclusion(const Proof& proof, const Digest& leaf, std::uint64_t index,
                      std::uint64_t size, const Digest& root) {
    if (index >= size) return false;
    auto node = index;
    auto last = size - 1;
    auto hash = leaf;
    for (const auto& sibling : proof) {
        if (last == 0) return false;
        if ((node & 1) || node == last) {
            hash = node_hash(sibling, hash);
            while (!(node & 1) && node != 0) node >>= 1, last >>= 1;
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

Proof consistency_proof(std::span<const Digest> leaves, std::size_t old_size) {
    MAILHOLD_ASSERT(old_size > 0 && old_size <= leaves.size());
    Proof proof;
    add_subproof(proof, leaves, old_size, Subtree::whole);
    return proof;
}

// RFC 9162 2.1.4.2.
bool verify_consistency(const Proof& proof, std::uint64_t old_size, const Digest& old_root,
                        std::uint64_t size, const Digest& root) {
    if (old_size == 0 || old_size > size) return false;
    if (old_size == size) return proof.empty() && old_root == root;
    auto path = std::span(proof);
    // A complete old tree is itself the first node of the path.
    const bool complete = std::has_single_bit(old_size);
    if (!complete && path.empty()) return false;
    auto old_hash = complete ? old_root : path.front();
    auto hash = old_hash;
    if (!complete) path = path.subspan(1);
    auto node = old_size - 1;
    auto last = size - 1;
    while (node & 1) node >>= 1, last >>= 1;
    for (const auto& sibling : path) {
        if (last == 0) return false;
        if ((node & 1) || node == last) {
            old_hash = node_hash(sibling, old_hash);
            hash = node_hash(sibling, hash);
            while (!(node & 1) && node != 0) node >>= 1, last >>= 1;
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && old_hash == old_root && hash == root;
}

}  // namespace mailhold::store::ledger
