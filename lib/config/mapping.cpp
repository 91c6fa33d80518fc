#include "config/mapping.hpp"

#include "config/suggest.hpp"

#include <algorithm>
#include <iterator>

namespace tunnelkeyd::config {

namespace {

constexpr std::size_t longest_shown = 48;

/// What stands under these keys may be a secret, where somebody wrote it in place of a reference.
bool is_confidential(std::string_view key) {
    constexpr std::string_view keys[] = {"auth", "api_key", "password", "sealing_key"};
    return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

/// Under those, an unknown key is shown only if it is one of these: `{bearer: {hunter2}}` has a key, too.
bool is_ordinary_word(std::string_view key) {
    constexpr std::string_view words[] = {"auth", "bearer", "basic",    "credential", "env",    "expires",
                                          "file", "name",   "password", "path",       "secret", "token",
                                          "type", "url",    "user",     "username",   "value"};
    return std::find(std::begin(words), std::end(words), key) != std::end(words);
}

std::string printable(std::string_view text) {
    std::string safe(text);
    std::replace_if(
        safe.begin(), safe.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    return safe;
}

}  // namespace

std::string shown(std::string_view text) {
    if (text.size() > longest_shown)
        return "a text of " + std::to_string(text.size()) + " bytes";
    return '"' + printable(text) + '"';
}

std::string field::found() const {
    switch (value->type) {
    case node::kind::null:
        return "nothing";
    case node::kind::list:
        return "a list";
    case node::kind::map:
        return "a mapping";
    case node::kind::scalar:
        break;
    }
    return at.confidential ? "a text that is not shown, as it may be a secret," : shown(value->text);
}

mapping::mapping(const field& from) : from_(from) {
    if (is_map())
        return;
    const bool scalar = from.value->type == node::kind::scalar;
    from.error("must be a mapping (\"key: value\"), not " + (scalar ? std::string("a text") : from.found()));
}

const node* mapping::find_key(std::string_view key) {
    const node* found = nullptr;
    if (is_map())
        for (found = from_.value->first; found != nullptr; found = found->next->next)
            if (found->type == node::kind::scalar && found->text == key)
                break;
    known_.at(known_count_++) = {key, found};
    return found;
}

std::optional<field> mapping::find(std::string_view key) {
    const auto* name = find_key(key);
    if (name == nullptr)
        return std::nullopt;
    const path at{&from_.at, key, 0, from_.at.confidential || is_confidential(key)};
    if (name->next->type == node::kind::null) {
        from_.errors->add(name->where, at, "has no value; write one, or leave the key out");
        return std::nullopt;
    }
    return field{name->next, at, from_.errors};
}

std::optional<field> mapping::require(std::string_view key, std::string_view remedy) {
    auto found = find(key);
    if (is_map() && !has(key))
        from_.errors->add(from_.value->where, path{&from_.at, key}, "is missing; " + std::string(remedy));
    return found;
}

bool mapping::has(std::string_view key) const {
    return std::any_of(known_.begin(), known_.begin() + known_count_,
                       [&](const auto& each) { return each.first == key && each.second != nullptr; });
}

void mapping::finish() {
    if (is_map())
        for (const auto* key = from_.value->first; key != nullptr; key = key->next->next)
            report(*key);
}

void mapping::report(const node& key) {
    if (key.type != node::kind::scalar || key.text.empty()) {
        from_.errors->add(key.where, from_.at, "a key must be a word");
        return;
    }
    const auto known = std::find_if(known_.begin(), known_.begin() + known_count_,
                                    [&](const auto& each) { return each.first == key.text; });
    if (known == known_.begin() + known_count_)
        report_unknown(key);
    else if (known->second != &key)
        from_.errors->add(key.where, path{&from_.at, known->first},
                          "duplicate key; it stands on line " + std::to_string(known->second->where.line + 1) +
                              " already");
}

void mapping::report_unknown(const node& key) {
    if (key.plain && key.text == "<<") {
        from_.errors->add(key.where, from_.at,
                          "merge keys (\"<<\") are not supported; write common fields into "
                          "\"defaults\"");
        return;
    }
    const auto words = known_words();
    const auto meant = suggest(key.text, words);
    std::string text = "unknown key";
    if (!meant.empty()) {
        text += "; did you mean \"" + std::string(meant) + "\"?";
    } else {
        for (const auto word : words)
            text += (word == words.front() ? "; allowed: " : ", ") + std::string(word);
    }
    const bool harmless = key.text.size() <= longest_shown &&
                          (!from_.at.confidential || !meant.empty() || is_ordinary_word(key.text));
    const auto name = printable(key.text);
    from_.errors->add(key.where, harmless ? path{&from_.at, name} : from_.at, text);
}

std::vector<std::string_view> mapping::known_words() const {
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < known_count_; ++i)
        words.push_back(known_[i].first);
    return words;
}

}  // namespace tunnelkeyd::config
