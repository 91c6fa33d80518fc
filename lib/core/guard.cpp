#include "core/guard.hpp"

namespace tunnelkeyd::core {

guard_finding check_guards(const tunnel& settings, std::string_view on_premise_url,
                           const instance_owner& other_owner) {
    using kind = guard_finding::kind;
    const auto reported = parse_base_url(on_premise_url);
    const std::string quoted =
        on_premise_url.empty() ? "no on-premise URL" : "\"" + std::string(on_premise_url) + "\"";

    if (const auto& strict = settings.instance.on_premise_url; strict && reported != strict)
        return {kind::hold, "the cloud names " + quoted +
                                " for this tunnel, and instance.on_premise_url says \"" + strict->text() +
                                "\": correct hostname or instance.on_premise_url"};
    if (!reported)
        return on_premise_url.empty() ? guard_finding{}
                                      : guard_finding{kind::warn, "the cloud names " + quoted +
                                                                      " for this tunnel, which is not a URL"};
    if (reported == settings.instance.url)
        return {};
    if (const auto other = other_owner(*reported))
        return {kind::hold, "the cloud names " + quoted +
                                " for this tunnel, and that is the instance of tunnel \"" + *other +
                                "\": the two hostnames are swapped, or one instance.url is wrong"};
    if (settings.instance.on_premise_url)
        return {};
    return {kind::warn, "the cloud names " + quoted + " for this tunnel, and instance.url is \"" +
                            settings.instance.url.text() +
                            "\"; set instance.on_premise_url if that is meant to be so"};
}

}  // namespace tunnelkeyd::core
