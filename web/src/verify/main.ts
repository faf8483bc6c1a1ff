// Placeholder of the page: it shows the version of the trust list.
import { createVerifier } from '@giayto/verifier'
import { pageData } from '../shared/data'
import { register } from '../shared/updates'

const data = pageData()
const app = document.getElementById('app')!
const verifier = createVerifier({ trustList: data.trustList, rootKeys: data.rootKeys })
const newest = await verifier.newest()
app.textContent = `${BUILD_ID} ${newest?.version ?? 'none'}`
const updates = await register(() => (app.dataset.waiting = 'yes'))
app.addEventListener('click', () => updates?.activate())
