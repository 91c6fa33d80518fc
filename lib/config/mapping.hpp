#pragma once

#include "config/problems.hpp"
#include "config/yaml_tree.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnelkeyd::config {

/// A value in the tree and the way to it. Its path refers to the fields around it, which live on the stack of
/// whoever reads them.
struct field {
    const node* value;
    path at;
    problems* errors;

    void error(std::string_view text) const { errors->add(value->where, at, text); }

    /// What stands there, for messages: `"abc"`, `a list`; not shown where it is long, or may be a secret.
    [[nodiscard]] std::string found() const;
};

/// Calls `each(field)` for the items of a list, and returns whether it is one; reports it if it is not.
bool for_items(const field& list, auto&& each) {
    if (list.value->type != node::kind::list) {
        list.error("must be a list (lines that begin with \"- \"), not " +
                   (list.value->type == node::kind::scalar ? std::string("a text") : list.found()));
        return false;
    }
    std::size_t index = 0;
    for (const auto* item = list.value->first; item != nullptr; item = item->next)
        each(field{item, {&list.at, {}, index++}, list.errors});
    return true;
}

/// `text` within quotes, for messages; without control characters, and only if it is short.
std::string shown(std::string_view text);

/// The keys of a map. Those that are asked for are the known ones; finish() reports all others.
/// A field that is not a map is reported, and then behaves like an empty one.
class mapping {
public:
    explicit mapping(const field& from);

    /// The value of `key`, which is a literal. A missing value (`key:` and nothing more) is reported.
    std::optional<field> find(std::string_view key);

    /// As find(), for a key that has to be there: reported where it is not. `remedy` says what to write.
    std::optional<field> require(std::string_view key, std::string_view remedy);

    /// Whether a key that was asked for stands there, be it without a value.
    [[nodiscard]] bool has(std::string_view key) const;

    /// Reads the key's value, if there is one, by the overload of read() for it.
    template <class... Arguments>
    void read_into(std::string_view key, Arguments&&... arguments) {
        if (const auto found = find(key))
            read(*found, std::forward<Arguments>(arguments)...);
    }

    /// Reports unknown, duplicate and malformed keys. To be called once every known key was asked for.
    void finish();

    [[nodiscard]] bool is_map() const noexcept { return from_.value->type == node::kind::map; }

private:
    const node* find_key(std::string_view key);
    void report(const node& key);
    void report_unknown(const node& key);
    [[nodiscard]] std::vector<std::string_view> known_words() const;

    const field& from_;
    std::array<std::pair<std::string_view, const node*>, 16> known_;  ///< with the first such key, or null
    std::size_t known_count_ = 0;
};

}  // namespace tunnelkeyd::config
