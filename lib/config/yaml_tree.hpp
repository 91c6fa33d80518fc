#pragma once

#include "config/problems.hpp"

#include <cstdint>
#include <memory_resource>
#include <string_view>

namespace tunnelkeyd::config {

/// A value of a YAML document, with its place. Lives in its tree's arena.
struct node {
    enum class kind : std::uint8_t { null, scalar, list, map };

    kind type = kind::null;
    bool plain = false;  ///< a scalar without quotes, which YAML could take for another type than text
    position where;
    std::uint32_t size = 1;       ///< values in it, itself and everything that its aliases stand for included
    std::string_view text;        ///< of a scalar
    const node* first = nullptr;  ///< the first item of a list; of a map the first key, whose next is its value
    const node* next = nullptr;
};

/// The one document of a YAML file. Aliases share what they stand for, so that a small file stays small; what
/// they would expand to is bounded all the same, and so are depth and size.
class yaml_tree {
public:
    yaml_tree() = default;
    yaml_tree(const yaml_tree&) = delete;
    yaml_tree& operator=(const yaml_tree&) = delete;

    /// Reads `text`; adds what is wrong with it as YAML, and then has no root. Called once.
    void parse(std::string_view text, problems& errors);

    /// Null after an error. An empty file has a null value as its root.
    [[nodiscard]] const node* root() const noexcept { return root_; }

private:
    class builder;

    std::pmr::monotonic_buffer_resource arena_{256 * 1024};
    const node* root_ = nullptr;
};

}  // namespace tunnelkeyd::config
