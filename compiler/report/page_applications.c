/* What each application may do, its settings, what is shared and what is accepted. */
#include "report/page_parts.h"
#include "report/words.h"

/* ---- what each may do ---- */

/* A sentence, and how many lists have it. */
struct sentence {
    struct sentence *next;
    const struct tc_words *words;
    size_t count;
    size_t seen; /* the last list that was looked at and has it */
};

/* Applications whose sentences are the same. */
struct profile {
    struct profile *next;
    struct sentence **sentences;
    size_t sentence_count;
    uint32_t *members;
    size_t count, capacity;
    size_t number;
};

struct profiles {
    struct tc_map map;            /* by their sentences */
    struct tc_map sentences;      /* by their text */
    struct sentence *all, **last; /* in the order in which they were met */
    struct sentence **common;     /* those that most lists have, in that order */
    size_t common_count;
    struct profile *first, **tail;
    const struct profile **of; /* of each application */
    size_t count;
    bool has_common; /* there are so many lists that what most have is said once */
};

/* With fewer lists than this each is whole. */
enum { COMMON_FROM = 8 };

static struct tc_str
sentence_key(struct tc_arena *arena, const struct tc_words *words)
{
    return tc_arena_printf(arena, "%.*s\n%.*s\n", TC_STR_ARG(tc_words_sentence(arena, words)),
                           TC_STR_ARG(words->because));
}

/* All sentences with their reasons, in @a arena. */
static struct tc_str
all_sentences(struct tc_arena *arena, const struct tc_words *words)
{
    struct tc_buf all = {0};

    for (; words != NULL; words = words->next)
        tc_buf_puts(&all, sentence_key(arena, words));
    return tc_arena_take(arena, &all);
}

static void
add_member(struct tc_page *page, struct profile *profile, uint32_t index)
{
    if (profile->count == profile->capacity) {
        uint32_t *members = tc_arena_array(page->arena, uint32_t, 2 * profile->capacity + 4);

        if (members == NULL)
            return;
        if (profile->count > 0)
            memcpy(members, profile->members, profile->count * sizeof *members);
        profile->members = members;
        profile->capacity = 2 * profile->capacity + 4;
    }
    profile->members[profile->count++] = index;
}

static struct sentence *
sentence_of(struct tc_page *page, struct profiles *profiles, const struct tc_words *words)
{
    struct tc_str key = sentence_key(page->arena, words);
    struct sentence *sentence = tc_map_get(&profiles->sentences, key);

    if (sentence == NULL) {
        sentence = tc_arena_new(page->arena, struct sentence);
        if (sentence == NULL)
            return NULL;
        sentence->words = words;
        tc_map_add(&profiles->sentences, key, sentence);
        *profiles->last = sentence;
        profiles->last = &sentence->next;
    }
    sentence->count++;
    return sentence;
}

static struct profile *
add_profile(struct tc_page *page, struct profiles *profiles, struct tc_str key, const struct tc_reach *reach)
{
    struct profile *profile = tc_arena_new(page->arena, struct profile);
    const struct tc_words *words = NULL;
    size_t count = 0;

    if (profile == NULL || tc_words_of(page->arena, reach, &words) != TC_OK)
        return NULL;
    for (const struct tc_words *one = words; one != NULL; one = one->next)
        count++;
    profile->sentences = tc_arena_array(page->arena, struct sentence *, count);
    for (; words != NULL && profile->sentences != NULL; words = words->next)
        profile->sentences[profile->sentence_count++] = sentence_of(page, profiles, words);
    profile->number = ++profiles->count;
    tc_map_add(&profiles->map, tc_arena_str(page->arena, key), profile);
    *profiles->tail = profile;
    profiles->tail = &profile->next;
    return profile;
}

/* Whether most lists have it. */
static bool
is_common(const struct profiles *profiles, const struct sentence *sentence)
{
    return profiles->has_common && 2 * sentence->count > profiles->count;
}

/* Each list is held against what most have, not against what all have: that grows with the lists. */
static void
collect_common(struct tc_page *page, struct profiles *profiles)
{
    size_t count = 0;

    for (const struct sentence *sentence = profiles->all; sentence != NULL; sentence = sentence->next)
        count += is_common(profiles, sentence);
    profiles->common = tc_arena_array(page->arena, struct sentence *, count);
    for (struct sentence *sentence = profiles->all; profiles->common != NULL && sentence != NULL;
         sentence = sentence->next)
        if (is_common(profiles, sentence))
            profiles->common[profiles->common_count++] = sentence;
}

/* Sentences are made in an arena of their own first: a thousand applications may well have the same. */
static bool
collect_profiles(struct tc_page *page, struct profiles *profiles)
{
    struct tc_arena scratch;

    tc_arena_init(&scratch);
    tc_map_init(&profiles->map, page->arena);
    tc_map_init(&profiles->sentences, page->arena);
    profiles->tail = &profiles->first;
    profiles->last = &profiles->all;
    profiles->of = tc_arena_array(page->arena, const struct profile *, page->model->application_count);
    for (size_t i = 0; i < page->model->application_count && !page->arena->failed; i++) {
        const struct tc_reach *reach = &page->isolation->reaches[i];
        const struct tc_words *words = NULL;
        struct profile *profile;
        struct tc_str key;

        page->arena->failed |= tc_words_of(&scratch, reach, &words) != TC_OK;
        key = all_sentences(&scratch, words);
        profile = tc_map_get(&profiles->map, key);
        if (profile == NULL)
            profile = add_profile(page, profiles, key, reach);
        if (profile != NULL && profiles->of != NULL) {
            profiles->of[i] = profile;
            add_member(page, profile, (uint32_t)i);
        }
        page->arena->failed |= scratch.failed;
        tc_arena_reset(&scratch);
    }
    tc_arena_done(&scratch);
    profiles->has_common = profiles->count >= COMMON_FROM;
    collect_common(page, profiles);
    return !page->arena->failed;
}

static void
put_object(struct tc_page *page, const struct tc_words_object *object)
{
    if (object->name.len > 0) {
        tc_page_markup(page, "<code><bdi>");
        tc_page_text(page, object->name);
        tc_page_markup(page, "</bdi></code>%s", object->words.len > 0 && object->words.ptr[0] != ',' ? " " : "");
    }
    tc_page_text(page, object->words);
}

static void
put_sentence(struct tc_page *page, const struct tc_words *words)
{
    tc_page_markup(page, words->possible ? "<li><em class=\"possibly\">possibly</em> " : "<li>");
    tc_page_text(page, words->before);
    for (const struct tc_words_object *object = words->objects; object != NULL; object = object->next) {
        tc_page_markup(page, object == words->objects ? " " : ", ");
        put_object(page, object);
    }
    if (words->objects != NULL && words->after.len > 0) {
        tc_page_markup(page, " ");
        tc_page_text(page, words->after);
    }
    if (words->because.len > 0) {
        tc_page_markup(page, " <span class=\"because\">because &ldquo;");
        tc_page_text(page, words->because);
        tc_page_markup(page, "&rdquo;</span>");
    }
    tc_page_markup(page, "</li>\n");
}

/* Sentences under one heading; @a may is done when the first one comes, and the end when the last has. */
struct listing {
    struct tc_page *page;
    const char *id, *title;
    bool has_begun;
};

static void
list(struct listing *listing, const struct sentence *sentence)
{
    if (!listing->has_begun)
        tc_page_markup(listing->page, "<div class=\"%s\">\n<h4>%s</h4>\n<ul>\n", listing->id, listing->title);
    listing->has_begun = true;
    put_sentence(listing->page, sentence->words);
}

static void
end_list(const struct listing *listing)
{
    if (listing->has_begun)
        tc_page_markup(listing->page, "</ul>\n</div>\n");
}

/* All of one list; with @a profiles but for what most have. */
static void
put_sentences(struct tc_page *page, const struct profiles *profiles, const struct profile *profile, bool is_not)
{
    struct listing listing = {page, is_not ? "may-not" : "may", is_not ? "may not" : "may", false};

    for (size_t i = 0; i < profile->sentence_count; i++)
        if (profile->sentences[i]->words->is_not == is_not &&
            (profiles == NULL || !is_common(profiles, profile->sentences[i])))
            list(&listing, profile->sentences[i]);
    end_list(&listing);
}

/* What most may, and this one may not, or not so. What it may beyond them shows which of their `may not` does not hold.
 */
static void
put_missing(struct tc_page *page, const struct profiles *profiles, const struct profile *profile)
{
    struct listing listing = {page, "may-not", "instead of what most may", false};

    for (size_t i = 0; i < profiles->common_count; i++)
        if (profiles->common[i]->seen != profile->number && !profiles->common[i]->words->is_not)
            list(&listing, profiles->common[i]);
    end_list(&listing);
}

static void
put_common(struct tc_page *page, const struct profiles *profiles)
{
    tc_page_markup(page, "<article class=\"profile\" id=\"may-most\">\n<h3>Most applications</h3>\n<div "
                         "class=\"columns\">\n");
    for (int is_not = 0; is_not < 2; is_not++) {
        struct listing listing = {page, is_not ? "may-not" : "may", is_not ? "may not" : "may", false};

        for (size_t i = 0; i < profiles->common_count; i++)
            if (profiles->common[i]->words->is_not == (is_not == 1))
                list(&listing, profiles->common[i]);
        end_list(&listing);
    }
    tc_page_markup(page, "</div>\n</article>\n");
}

static void
put_members(struct tc_page *page, const struct profile *profile)
{
    tc_page_markup(page, "<article class=\"profile\" id=\"may-%zu\">\n<h3><span class=\"number\">%zu</span> ",
                   profile->number, profile->number);
    if (profile->count > 2)
        tc_page_markup(page, "%zu applications, ", profile->count);
    tc_page_name(page, profile->members[0]);
    if (profile->count == 2) {
        tc_page_markup(page, " and ");
        tc_page_name(page, profile->members[1]);
    }
    tc_page_markup(page, profile->count > 2 ? " and others</h3>\n<div class=\"members\">" : "</h3>\n");
    if (profile->count > 2) {
        tc_page_names(page, profile->members, profile->count);
        tc_page_markup(page, "</div>\n");
    }
}

/* How much of what most lists have is missing in this one. Marks those that it has. */
static size_t
count_missing(const struct profiles *profiles, const struct profile *profile, size_t *ret_common)
{
    size_t missing = 0;

    *ret_common = profiles->common_count;
    for (size_t i = 0; i < profile->sentence_count; i++)
        profile->sentences[i]->seen = profile->number;
    for (size_t i = 0; i < profiles->common_count; i++)
        missing += profiles->common[i]->seen != profile->number;
    return missing;
}

static void
put_profile(struct tc_page *page, const struct profiles *profiles, const struct profile *profile)
{
    size_t common, missing = count_missing(profiles, profile, &common);
    bool is_whole =
        !profiles->has_common || 3 * missing > common; /* little like the others: the list stands for itself */
    size_t own = profile->sentence_count - (common - missing);

    put_members(page, profile);
    if (!is_whole)
        tc_page_markup(page, "<p>What <a href=\"#may-most\">most applications</a> may and may not%s</p>\n",
                       own + missing > 0 ? ", but for this:" : ".");
    tc_page_markup(page, "<div class=\"columns\">\n");
    for (int is_not = 0; is_not < 2; is_not++)
        put_sentences(page, is_whole ? NULL : profiles, profile, is_not == 1);
    if (!is_whole)
        put_missing(page, profiles, profile);
    tc_page_markup(page, "</div>\n</article>\n");
}

/* ---- settings ---- */

static void
put_cell(struct tc_page *page, struct tc_str text, const char *unsaid)
{
    tc_page_markup(page, "<td>");
    if (text.len == 0)
        tc_page_markup(page, "<span class=\"unsaid\">%s</span>", unsaid);
    else
        tc_page_text(page, text);
    tc_page_markup(page, "</td>");
}

static void
put_settings(struct tc_page *page, const struct profiles *profiles)
{
    tc_page_markup(page,
                   "<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Settings of each application</h2>\n"
                   "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"settings\">\n<table "
                   "class=\"list is-wide\" id=\"applications\">\n<thead><tr><th scope=\"col\">Application</th><th "
                   "scope=\"col\">May do</th><th scope=\"col\">Trust level</th><th scope=\"col\">Location</th><th "
                   "scope=\"col\">Directory</th><th scope=\"col\">Pool</th><th scope=\"col\">Account</th><th "
                   "scope=\"col\">Anonymous user</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < page->model->application_count; i++) {
        const struct tc_application *app = page->model->applications[i];

        tc_page_markup(page, "<tr><th scope=\"row\">");
        tc_page_name(page, i);
        tc_page_place(page, app->span);
        tc_page_markup(page, "</th><td><a href=\"#may-%zu\">list %zu</a></td>", profiles->of[i]->number,
                       profiles->of[i]->number);
        put_cell(page, app->policy == NULL ? TC_STR("") : app->policy->name, "none");
        put_cell(page, app->location.text, "not said");
        put_cell(page, app->root.text, "not said");
        put_cell(page, app->pool.text, "not said");
        put_cell(page, tc_isolation_account(page->isolation, i), "not said");
        put_cell(page, app->anonymous.text, "not said");
        tc_page_markup(page, "</tr>\n");
    }
    tc_page_markup(page, "</tbody>\n</table>\n</div>\n</section>\n");
}

void
tc_page_applications(struct tc_page *page)
{
    struct profiles profiles = {0};

    if (!collect_profiles(page, &profiles))
        return;
    tc_page_markup(page,
                   "<section aria-labelledby=\"may\">\n<h2 id=\"may\">What each application may do</h2>\n<p>By code "
                   "access security, in plain words. What its Windows account is not allowed it cannot do either. "
                   "%sApplications with the same list stand together.</p>\n",
                   "&ldquo;possibly&rdquo; is what only the server&rsquo;s own files could tell. ");
    if (profiles.has_common)
        put_common(page, &profiles);
    for (const struct profile *profile = profiles.first; profile != NULL; profile = profile->next)
        put_profile(page, &profiles, profile);
    tc_page_markup(page, "</section>\n");
    put_settings(page, &profiles);
}

/* ---- where the layers differ ---- */

static void
put_difference(struct tc_page *page, const struct tc_difference *difference)
{
    tc_page_markup(page, "<li>");
    if (difference->application == NULL) {
        tc_page_text(page, difference->because);
        tc_page_markup(page, "</li>\n");
        return;
    }
    if (difference->kind == TC_DIFFERENCE_WIDER) {
        tc_page_text(page, difference->account);
        tc_page_markup(page, " ");
        tc_page_text(page, difference->may);
        tc_page_markup(page, ", the code of ");
        tc_page_name(page, difference->application->index);
        tc_page_markup(page, " may not");
    } else {
        tc_page_name(page, difference->application->index);
        tc_page_markup(page, difference->may.len > 0 ? " " : "");
        tc_page_text(page, difference->may);
    }
    tc_page_place(page, difference->span);
    tc_page_markup(page, ": ");
    tc_page_text(page, difference->because);
    if (difference->path_count > 1)
        tc_page_markup(page, " (%zu paths)", difference->path_count);
    if (difference->application_count > 1) {
        tc_page_markup(page, "<br>The same for ");
        tc_page_names(page, difference->applications, difference->application_count);
    }
    tc_page_markup(page, "</li>\n");
}

void
tc_page_differences(struct tc_page *page)
{
    static const char *const titles[TC_DIFFERENCE_COUNT_] = {
        "Granted, but the plan gives no right: access denied, unless Windows lets every account do it",
        "Held by code access security alone: the account may, the code may not",
        "Not compared",
    };
    int last = -1;

    tc_page_markup(page,
                   "<section aria-labelledby=\"layers\">\n<h2 id=\"layers\">Where the layers differ</h2>\n<p>What code "
                   "access security grants, held against the rights that <code>trustc plan</code> gives.</p>\n");
    for (const struct tc_difference *one = page->subject->differences; one != NULL; one = one->next) {
        if ((int)one->kind != last)
            tc_page_markup(page, "%s<h3>%s</h3>\n<ul>\n", last < 0 ? "" : "</ul>\n", titles[one->kind]);
        last = (int)one->kind;
        put_difference(page, one);
    }
    tc_page_markup(page, last < 0 ? "<p>They say the same.</p>\n</section>\n" : "</ul>\n</section>\n");
}

/* ---- shares ---- */

static void
put_until(struct tc_page *page, struct tc_str until)
{
    tc_page_markup(page, "<td>");
    if (until.len == 0)
        tc_page_markup(page, "<span class=\"unsaid\">no end</span>");
    else
        tc_page_text(page, until);
    tc_page_late(page, until);
    tc_page_markup(page, "</td>");
}

static void
put_share(struct tc_page *page, const struct tc_share *share)
{
    const struct tc_class *files = tc_class(TC_CLASS_FILE_IO);
    bool is_unused = false;

    for (size_t i = 0; i < page->isolation->unused_share_count; i++)
        is_unused |= page->isolation->unused_shares[i] == share;
    tc_page_markup(page, "<tr><th scope=\"row\">");
    for (uint32_t i = 0; i < share->paths.count; i++) {
        tc_page_markup(page, "%s<code><bdi>", i == 0 ? "" : ", ");
        tc_page_text(page, share->paths.items[i].text);
        tc_page_markup(page, "</bdi></code>");
    }
    tc_page_place(page, share->span);
    tc_page_markup(page, "</th><td>");
    for (size_t i = 0, said = 0; i < files->field_count; i++)
        if (share->fields & 1u << i)
            tc_page_markup(page, "%s%s", said++ == 0 ? "" : ", ", files->fields[i].word);
    tc_page_markup(page, "</td><td>");
    for (size_t i = 0; i < share->application_count; i++) {
        tc_page_markup(page, i == 0 ? "" : ", ");
        tc_page_name(page, share->applications[i]->index);
    }
    tc_page_markup(page, "</td><td>");
    tc_page_text(page, share->because);
    tc_page_markup(page, "%s</td>", is_unused ? " <strong class=\"late\">not used</strong>" : "");
    put_until(page, share->until);
    tc_page_markup(page, "</tr>\n");
}

void
tc_page_shares(struct tc_page *page)
{
    tc_page_markup(page, "<section aria-labelledby=\"shares\">\n<h2 id=\"shares\">What is shared</h2>\n");
    if (page->model->shares == NULL) {
        tc_page_markup(page, "<p>The source declares no share.</p>\n</section>\n");
        return;
    }
    tc_page_markup(page, "<p>Declared by name: these directories are meant to be reached by more than one.</p>\n<div "
                         "class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"shares\">\n<table "
                         "class=\"list\">\n<thead><tr><th scope=\"col\">Directory</th><th scope=\"col\">To</th><th "
                         "scope=\"col\">Between</th><th scope=\"col\">Because</th><th "
                         "scope=\"col\">Until</th></tr></thead>\n<tbody>\n");
    for (const struct tc_share *share = page->model->shares; share != NULL; share = share->next)
        put_share(page, share);
    tc_page_markup(page, "</tbody>\n</table>\n</div>\n</section>\n");
}

/* ---- acceptances ---- */

/* The ways of the rule of @a accept that it takes, all or some pairs of them. */
static void
put_taken(struct tc_page *page, const struct tc_accept *accept, const struct tc_application *app)
{
    enum tc_rule_id rule = tc_rule_find(accept->rule);
    size_t index = 0, said = 0, more = 0;

    for (const struct tc_isolation_finding *finding = page->isolation->findings; finding != NULL;
         finding = finding->next, index++) {
        bool concerns = app == NULL;

        for (size_t i = 0; !concerns && i < finding->from_count; i++)
            concerns = finding->froms[i] == app->index;
        for (size_t i = 0; !concerns && finding->to.application != NULL && i < finding->to_count; i++)
            concerns = finding->tos[i] == app->index;
        if (finding->rule != rule || !concerns)
            continue;
        if (said == 5)
            more++;
        else
            tc_page_markup(page, "%s<a href=\"#way-%zu\">way %zu</a>", said++ == 0 ? "" : ", ", index + 1, index + 1);
    }
    if (more > 0)
        tc_page_markup(page, " and %zu more", more);
}

static void
put_accepts(struct tc_page *page, const struct tc_accept *accept, const struct tc_application *app)
{
    for (; accept != NULL; accept = accept->next) {
        const struct tc_rule_info *rule = tc_rule_info(tc_rule_find(accept->rule));
        bool is_unused = false;

        for (size_t i = 0; i < page->isolation->unused_accept_count; i++)
            is_unused |= page->isolation->unused_accepts[i] == accept;
        tc_page_markup(page, "<tr><th scope=\"row\">");
        if (is_unused)
            tc_page_markup(page, "%s %s", rule->code.id, rule->code.slug);
        else
            tc_page_markup(page, "<a href=\"#%s\">%s %s</a>", rule->code.id, rule->code.id, rule->code.slug);
        tc_page_place(page, accept->span);
        tc_page_markup(page, "</th><td>");
        if (app == NULL)
            tc_page_markup(page, "the server");
        else
            tc_page_name(page, app->index);
        tc_page_markup(page, "</td><td>");
        tc_page_text(page, accept->because);
        tc_page_markup(page, "</td>");
        put_until(page, accept->until);
        tc_page_markup(page, "<td>%s", is_unused ? "<strong class=\"late\">nothing: take it out</strong>" : "");
        if (!is_unused)
            put_taken(page, accept, app);
        tc_page_markup(page, "</td></tr>\n");
    }
}

/* Grants that give a reason of their own take the finding about them. */
static void
put_granted(struct tc_page *page)
{
    size_t index = 0;

    for (const struct tc_isolation_finding *finding = page->isolation->findings; finding != NULL;
         finding = finding->next, index++) {
        const struct tc_rule_info *rule = tc_rule_info(finding->rule);

        if (finding->accept != NULL || finding->reason.len == 0)
            continue;
        tc_page_markup(page, "<tr><th scope=\"row\"><a href=\"#%s\">%s %s</a>", rule->code.id, rule->code.id,
                       rule->code.slug);
        tc_page_place(page, finding->from.span);
        tc_page_markup(page, "</th><td>the grant to ");
        tc_page_names(page, finding->froms, finding->from_count);
        tc_page_markup(page, "</td><td>");
        tc_page_text(page, finding->reason);
        tc_page_markup(page,
                       "</td><td><span class=\"unsaid\">no end</span></td><td><a href=\"#way-%zu\">way "
                       "%zu</a></td></tr>\n",
                       index + 1, index + 1);
    }
}

void
tc_page_accepts(struct tc_page *page)
{
    bool any = page->model->accepts != NULL;

    for (size_t i = 0; i < page->model->application_count; i++)
        any |= page->model->applications[i]->accepts != NULL;
    for (const struct tc_isolation_finding *finding = page->isolation->findings; finding != NULL;
         finding = finding->next)
        any |= finding->reason.len > 0;
    tc_page_markup(
        page, "<section aria-labelledby=\"accepted-list\">\n<h2 id=\"accepted-list\">What is accepted, and why</h2>\n");
    if (!any) {
        tc_page_markup(page, "<p>Nothing is accepted.</p>\n</section>\n");
        return;
    }
    tc_page_markup(page,
                   "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"accepted-list\">\n<table "
                   "class=\"list\">\n<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">Accepted by</th><th "
                   "scope=\"col\">Because</th><th scope=\"col\">Until</th><th "
                   "scope=\"col\">Takes</th></tr></thead>\n<tbody>\n");
    put_accepts(page, page->model->accepts, NULL);
    for (size_t i = 0; i < page->model->application_count; i++)
        put_accepts(page, page->model->applications[i]->accepts, page->model->applications[i]);
    put_granted(page);
    tc_page_markup(page, "</tbody>\n</table>\n</div>\n</section>\n");
}
