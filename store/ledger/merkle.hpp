// The Merkle tree of RFC 6962 section 2.1, pure: appending by its frontier alone, proofs and their
// verification.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "store/base/digest.hpp"

namespace mailhold::store::ledger {

// Hash and node prefixes keep a leaf from passing as a node (RFC 6962 2.1).
Digest leaf_hash(std::string_view leaf);
Digest node_hash(const Digest& left, const Digest& right);

// What is needed of a tree to append to it and to know its root: the roots of its complete
// subtrees, largest first, one for each bit that is set in its size.
class Frontier {
  public:
    Frontier() = default;
    // `peaks.size()` must be the number of bits set in `size`.
    Frontier(std::uint64_t size, std::vector<Digest> peaks);

    void append(const Digest& leaf);
    std::uint64_t size() const { return size_; }
    const std::vector<Digest>& peaks() const { return peaks_; }
    Digest root() const;  // of the empty tree: SHA-256 of nothing
    bool operator==(const Frontier&) const = default;

  private:
    std::uint64_t size_ = 0;
    std::vector<Digest> peaks_;
};

using Proof = std::vector<Digest>;

// RFC 6962 2.1.1: that leaf `index` is in the tree over `leaves` (hashes of leaves). index <
// leaves.size().
Proof inclusion_proof(std::span<const Digest> leaves, std::size_t index);
bool verify_inclusion(const Proof& proof, const Digest& leaf, std::uint64_t index,
                      std::uint64_t size, const Digest& root);

// RFC 6962 2.1.2: that the tree over the first `old_size` leaves is a beginning of the tree over
// all. 0 < old_size <= leaves.size(); of equal trees the proof is empty.
Proof consistency_proof(std::span<const Digest> leaves, std::size_t old_size);
bool verify_consistency(const Proof& proof, std::uint64_t old_size, const Digest& old_root,
                        std::uint64_t size, const Digest& root);

}  // namespace mailhold::store::ledger
