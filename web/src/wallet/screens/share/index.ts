import type { Paper, Preset } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { listed } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { ease, fieldsOf, findField, heavy, inForce, inOrder, lacking, names, outOfForce, papersOf, sizeOf, stepUp, tellingOf, unseen } from '../../model.js'
import { attempt, bar, button, field, troubleBox } from '../../parts.js'

/** How long a code lives, in seconds. */
const LIFETIME = 60

/** Asks for what: a situation, or each field by itself. */
export function shareScreen(app: App): Screen {
  const { catalog, papers = [] } = app
  const body = h('div', { class: 'body' })
  const trouble = troubleBox()
  const nodes = [bar(app, say('shareTitle'), 'papers'), body]
  if (!catalog) return { nodes }
  const before = usable(app)
  const situations = catalog.presets.filter((p) => !app.shareOnly || p.documents.some((d) => d.document === app.shareOnly))
  const choose = (preset: Preset) => {
    const missing = lacking(catalog, preset, papers)
    if (missing.length) trouble.say(say('shareNeedsPaper', { papers: listed(missing.map((d) => t(d.labels))) }))
    else app.pick(preset)
  }
  body.append(
    h('h2', {}, say('shareSituations')),
    trouble.node,
    h(
      'ul',
      { class: 'choices' },
      ...situations.map((preset) =>
        h('li', {}, h('button', { type: 'button', class: 'choice', 'data-preset': preset.id, onclick: () => choose(preset) }, h('span', { class: 'words' }, h('b', {}, t(preset.labels)), h('small', {}, t(preset.purpose))))),
      ),
    ),
    button(say('shareOwn'), 'own', () => app.pick(undefined)),
  )
  return { nodes, refresh: () => usable(app) !== before && app.go('share') }
}

/** Reports whether a paper is one of which something may be chosen. */
function concerns(app: App, paper: Paper): boolean {
  if (app.preset) return app.preset.documents.some((d) => d.document === paper.document)
  return !app.shareOnly || app.shareOnly === paper.document
}

/** The papers that can be shared from now, to see that they have changed. */
function usable(app: App): string {
  return (app.papers ?? []).filter(inForce).map((p) => p.id).join()
}

/** Chooses the fields. Every one is off until it is chosen; what the situation needs
 * is asked for by its one button. */
export function pickScreen(app: App): Screen {
  const { catalog, papers = [], preset } = app
  if (!catalog) return { nodes: [bar(app, say('shareTitle'), 'share')] }
  // What the papers say is asked for anew, and waited for where none of it is known.
  const unasked = papers.filter((p) => inForce(p) && concerns(app, p) && !app.asked.has(p.id))
  for (const p of unasked) app.asked.add(p.id)
  const learnt = app.learn(unasked)
  if (unasked.some((p) => !app.known(p.id))) {
    void learnt.then(() => app.screen === 'pick' && app.go('pick'))
    return { nodes: [bar(app, preset ? t(preset.labels) : say('shareTitle'), 'share'), h('p', { class: 'note', role: 'status' }, say('loading'))] }
  }
  const trouble = troubleBox()
  const { choice, which } = app.draft
  // Only a kind of which there are several papers has to be named.
  const several = new Set(papers.filter((p) => concerns(app, p) && papersOf(papers, p.document).length > 1).map((p) => p.document))
  for (const document of [...which.keys()]) if (!several.has(document)) which.delete(document)
  for (const document of several) which.set(document, papersOf(papers, document, which)[0]!.id)
  const whichOne = (document: string) => {
    const select: HTMLSelectElement = h(
      'select',
      {
        'data-which': document,
        'aria-label': say('shareWhich'),
        onchange: () => {
          which.set(document, select.value)
          app.go('pick')
        },
      },
      ...papersOf(papers, document).map((p, i) => h('option', { value: p.id, selected: which.get(document) === p.id }, tellingOf(app.known(p.id)) || `${i + 1}`)),
    )
    return h('label', { class: 'field' }, h('span', {}, `${say('shareWhich')} ${t(catalog.documents.find((d) => d.id === document)?.labels ?? { vi: '', en: '' })}`), select)
  }
  const level = app.session?.level ?? 1
  const sees = h('p', { 'data-sees': '' })
  const not = h('p', { 'data-sees-not': '' })
  const meter = h('div', { class: 'meter', 'aria-hidden': 'true' })
  const easeWords = h('p', { class: 'help', 'data-ease': '' })
  const audience = field('audience', say('shareFor'), say('shareForHelp'), { maxlength: 64, autocapitalize: 'off' })
  audience.input.value = app.draft.audience
  audience.input.addEventListener('input', () => (app.draft.audience = audience.input.value))
  const make = button(say('makeCode', { n: LIFETIME }), 'make', () => void attempt(make, trouble, code), { primary: true })
  const code = async () => {
    await app.makeCode(new Set(choice), new Map(which), audience.input.value.trim().normalize('NFC'), LIFETIME)
  }
  // What a paper does not say is not offered; what it says, the server tells.
  const inForceOf = (id: string) => papersOf(papers, id.slice(0, id.indexOf('/')), which)[0]
  const offered = (id: string) => {
    const paper = inForceOf(id)
    const known = paper && app.known(paper.id)
    return paper !== undefined && (!known || known.claims.some((c) => `${paper.document}/${c.id}` === id && c.shareable))
  }
  const valueOf = (id: string) => {
    const paper = inForceOf(id)
    return paper && app.known(paper.id)?.claims.find((c) => `${paper.document}/${c.id}` === id)?.value
  }
  const tell = () => {
    sees.textContent = choice.size ? say('sees', { claims: listed(names(catalog, choice)) }) : say('seesNothing')
    const missing = choice.size ? unseen(catalog, choice) : []
    not.textContent = choice.size ? (missing.length ? say('seesNot', { claims: listed(missing) }) : say('seesNotOther')) : ''
    const version = sizeOf(catalog, choice, valueOf)
    const n = ease(version)
    meter.replaceChildren(...[1, 2, 3, 4, 5].map((i) => h('i', { class: i <= n ? 'full' : '' })))
    easeWords.textContent = choice.size ? say('scanSize', { ease: say(n >= 4 ? 'scanEasy' : n === 3 ? 'scanFair' : 'scanHard'), n: version }) : ''
    easeWords.dataset['ease'] = String(version)
    make.disabled = choice.size === 0
  }
  const row = (id: string) => {
    const found = findField(catalog, id)
    if (!found) return ''
    const notes = [stepUp(found.claim, level) && say('shareStepUp'), heavy(found.claim, valueOf(id)) && say('shareHeavy')].filter(Boolean).join(' · ')
    const input = h('input', {
      type: 'checkbox',
      role: 'switch',
      'data-claim': id,
      checked: choice.has(id),
      onchange: () => {
        if (input.checked) choice.add(id)
        else choice.delete(id)
        tell()
      },
    })
    return h('label', { class: 'switch' }, h('span', {}, t(found.claim.labels), notes && h('small', {}, notes)), input)
  }
  const section = (title: string, ids: readonly string[]) => (ids.length ? h('section', { class: 'group' }, h('h2', {}, title), ...ids.map(row)) : '')
  const own = inOrder(papers).filter((p) => papersOf(papers, p.document, which)[0] === p && concerns(app, p))
  const sections = preset
    ? [section(say('shareRequired'), fieldsOf(preset).required.filter(offered)), section(say('shareOptional'), fieldsOf(preset).optional.filter(offered))]
    : own.map((p) => {
        const claims = catalog.documents.find((d) => d.id === p.document)?.claims.filter((c) => offered(`${p.document}/${c.id}`)) ?? []
        const ids = (derived: boolean) => claims.filter((c) => c.shareable && c.derived === derived).map((c) => `${p.document}/${c.id}`)
        const answers = ids(true)
        const chosen = (of: readonly string[]) => of.some((id) => choice.has(id))
        return h(
          'details',
          { class: 'group', 'data-fields': p.document, open: own.length === 1 || chosen([...ids(false), ...answers]) },
          h('summary', {}, t(p.labels)),
          several.has(p.document) ? whichOne(p.document) : '',
          ...ids(false).map(row),
          answers.length ? h('details', { open: chosen(answers) }, h('summary', {}, say('paperDerived')), ...answers.map(row)) : '',
        )
      })
  const lacks = preset ? fieldsOf(preset).required.filter((id) => inForceOf(id) && !offered(id)) : []
  const gone = outOfForce(catalog, choice, papers)
  if (gone.length) {
    for (const id of [...choice]) if (gone.some((d) => id.startsWith(d.id + '/'))) choice.delete(id)
    trouble.say(say('shareGone', { papers: listed(gone.map((d) => t(d.labels))) }))
  }
  const before = usable(app)
  tell()
  const all = preset && button(say('shareAll'), 'required', () => {
    for (const input of document.querySelectorAll<HTMLInputElement>('.view input[data-claim]')) {
      if (!fieldsOf(preset).required.includes(input.dataset['claim']!) || input.checked) continue
      input.click()
    }
  })
  return {
    nodes: [
      bar(app, preset ? t(preset.labels) : say('shareTitle'), 'share'),
      h('div', { class: 'body' }, ...(all ? [all] : []), lacks.length ? h('p', { class: 'note' }, say('shareLacks', { claims: listed(names(catalog, lacks)) })) : '', ...(preset ? [...several].map(whichOne) : []), ...sections, audience.node),
      h('div', { class: 'actions' }, h('div', { class: 'box', role: 'status' }, sees, not, h('div', { class: 'ease' }, meter, easeWords)), trouble.node, make),
    ],
    refresh: () => usable(app) !== before && app.go('pick'),
  }
}
